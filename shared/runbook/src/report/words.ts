import type { Language } from '../runbook/types.ts';
import { wordsEn } from './words-en.ts';
import { wordsJa } from './words-ja.ts';

/** Every word of a report that is not data. */
export interface Words {
  readonly verdict: Readonly<Record<'critical' | 'warning' | 'unknown' | 'ok', string>>;
  readonly status: Readonly<Record<'ok' | 'failed' | 'planned' | 'cancelled' | 'skipped' | 'blocked', string>>;
  readonly severity: Readonly<Record<string, string>>;
  /** What was found, then how many steps of all ended how. */
  headline(found: string, total: number, counts: readonly string[]): string;
  counted(count: number, status: string): string;
  findings(critical: number, warning: number): string;
  noFindings: string;
  readonly columns: Readonly<Record<'severity' | 'object' | 'evidence' | 'threshold' | 'fix' | 'id', string>>;
  readonly notExamined: string;
  readonly window: string;
  readonly next: string;
  moreRows(shown: number, total: number): string;
  moreColumns(names: readonly string[]): string;
  truncated(path: string, shown: number, total: number): string;
  moreItems(cut: number): string;
  textCut: string;
  item(index: number): string;
  readonly failed: string;
  readonly retryable: string;
  readonly appliedUnknown: string;
  readonly plan: string;
  planCode(code: string, until: string | undefined): string;
  planNotSent: string;
  reason(code: string, step: string): string;
  readonly interrupted: string;
  readonly inputs: string;
  readonly evidence: string;
  readonly evidenceColumns: Readonly<Record<'step' | 'server' | 'tool' | 'status' | 'at' | 'duration', string>>;
  readonly servers: string;
  notStarted: string;
  trace(id: string): string;
  ran(startedAt: string, duration: string): string;
}

export function wordsOf(language: Language): Words {
  return language === 'ja' ? wordsJa : wordsEn;
}
