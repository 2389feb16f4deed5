import { bytes, count, counted, duration, type Finding, type NotExamined, type Severity } from '@cinecom/mcp-core';
import type { DdlSurroundings, DdlTarget } from '../../model/ddl.ts';
import { blockedBy, type Effect, isStronger } from './effect.ts';
import { type Node, nodeAt, textAt } from './node.ts';
import type { DdlText } from './parse.ts';
import { statementEffects } from './statement.ts';

/** Bytes a second that are assumed: reading, and writing with WAL. Named beside every time that rests on them. */
const pace = { scan: 200e6, build: 50e6, rewrite: 50e6 } as const;
const large = { warning: 10e6, critical: 100e6 } as const;

/** One statement, or one part of it. */
export interface DdlStep {
  /** From 1. */
  readonly statement: number;
  readonly sql: string;
  readonly effect: Effect;
  readonly table: DdlTarget | undefined;
  readonly severity: Severity;
  /** While the lock is held, ms; undefined = not long, or unknown size. */
  readonly estimateMs: number | undefined;
}

export interface DdlReport {
  readonly summary: string;
  readonly steps: readonly DdlStep[];
  readonly findings: readonly Finding[];
  readonly notExamined: readonly NotExamined[];
}

/** What each statement locks, for how long, and how to get there without holding others up. */
export function lintDdl({ statements }: DdlText, surroundings: DdlSurroundings): DdlReport {
  const steps: DdlStep[] = [];
  const unknown: string[] = [];
  statements.forEach(({ node, text }, index) => {
    for (const outcome of statementEffects(node, surroundings)) {
      if ('unknown' in outcome) unknown.push(`${index + 1}: ${outcome.unknown}`);
      else steps.push(stepOf(index + 1, text, outcome, surroundings.targets));
    }
  });
  const found = [
    ...steps.flatMap((step) => (step.severity === 'info' && step.effect.safe === undefined ? [] : [findingOf(step)])),
    ...orderFindings(
      statements.map(({ node }) => node),
      steps,
    ),
  ];
  const blocking = steps.filter(({ effect }) => isStronger(effect.lock, 'SHARE UPDATE EXCLUSIVE'));
  return {
    summary: `${counted(statements.length, 'statement')}, ${blocking.length} of them hold others up; nothing was run`,
    steps,
    findings: found,
    notExamined: unknown.map((what) => ({
      what: `statement ${what}`,
      why: 'no rule for it: try it on a copy',
      required: true,
    })),
  };
}

function stepOf(statement: number, sql: string, effect: Effect, targets: readonly DdlTarget[]): DdlStep {
  const table = targets.find(({ asked }) => asked === effect.target);
  const heldUp = isStronger(effect.lock, 'SHARE UPDATE EXCLUSIVE');
  const estimateMs =
    table === undefined || effect.work === 'none' ? undefined : (table.bytes / pace[effect.work]) * 1000;
  return { statement, sql, effect, table, severity: severityOf(effect, table, heldUp), estimateMs };
}

function severityOf({ work, breaks, fails, other }: Effect, table: DdlTarget | undefined, heldUp: boolean): Severity {
  if (fails !== undefined) return 'critical';
  const size = (heldUp && work !== 'none') || other?.work === 'scan' ? (table?.bytes ?? 0) : 0;
  if (size >= large.critical) return 'critical';
  return size >= large.warning || breaks !== undefined ? 'warning' : 'info';
}

function findingOf({ statement, effect, table, severity, estimateMs }: DdlStep): Finding {
  const { lock, why, safe, breaks, fails, target } = effect;
  const size =
    table === undefined
      ? 'not there yet, or of unknown size'
      : `${count(Math.max(0, table.rows))} rows, ${bytes(table.bytes)}`;
  const time = estimateMs === undefined ? '' : `, about ${duration(estimateMs)} (assumed pace, confidence low)`;
  return {
    id: `ddl_${effect.rule}`,
    severity,
    object: `statement ${statement}, ${table?.name ?? target}`,
    evidence: `${lock}, ${blockedBy(lock)}: ${why}; ${size}${time}${waitWords(table)}${fails === undefined ? '' : `; it fails: ${fails}`}`,
    threshold:
      breaks === 'data'
        ? 'nothing lost'
        : breaks === 'clients'
          ? 'clients go on'
          : 'nobody waits longer than for a moment',
    fix: safe ?? 'Run it with a lock_timeout, and again when that is reached',
  };
}

function waitWords(table: DdlTarget | undefined): string {
  if (table === undefined || table.holders === 0) return '';
  const oldest = table.oldestHolderMs === null ? '' : `, the oldest transaction for ${duration(table.oldestHolderMs)}`;
  return `; locks on it are held now by ${counted(table.holders, 'session')}${oldest}: it waits behind them, and all others behind it`;
}

/** What the order of statements makes of them. */
function orderFindings(nodes: readonly Node[], steps: readonly DdlStep[]): readonly Finding[] {
  const timeout = nodes.findIndex((node) => isLockTimeout(node));
  const first = steps.find(({ effect }) => isStronger(effect.lock, 'SHARE UPDATE EXCLUSIVE'));
  const begins = nodes.findIndex(
    (node) => textAt(nodeAt(node, 'TransactionStmt') ?? {}, 'kind') === 'TRANS_STMT_BEGIN',
  );
  const inside =
    begins < 0 ? [] : steps.filter(({ statement, sql }) => statement - 1 > begins && /\bconcurrently\b/i.test(sql));
  return [
    ...(first !== undefined && (timeout < 0 || timeout >= first.statement) ? [noTimeout(first)] : []),
    ...inside.map((step): Finding => ({
      id: 'ddl_concurrently_in_transaction',
      severity: 'critical',
      object: `statement ${step.statement}`,
      evidence: 'CONCURRENTLY after BEGIN: the server refuses it in a transaction',
      threshold: 'outside of a transaction',
      fix: 'Run it by itself; migration tools have a switch for that',
    })),
  ];
}

function noTimeout({ statement }: DdlStep): Finding {
  return {
    id: 'ddl_without_lock_timeout',
    severity: 'warning',
    object: `statement ${statement}`,
    evidence: 'no lock_timeout before the first strong lock: while it waits, all others wait behind it',
    threshold: 'a few seconds',
    fix: "SET lock_timeout = '3s' first, and try again when it is reached",
  };
}

function isLockTimeout(node: Node): boolean {
  const set = nodeAt(node, 'VariableSetStmt');
  return set !== undefined && textAt(set, 'name') === 'lock_timeout' && textAt(set, 'kind') === 'VAR_SET_VALUE';
}
