import type { Json } from '../../define/plan.ts';
import type { DeletedPrefix, LeavesFile } from '../files/leaves.ts';
import type { Digest } from '../format/hash.ts';
import type { LogRecord } from '../format/line.ts';
import type { Evidence } from './evidence.ts';
import type { Problem } from './report.ts';
import type { WriterTrust } from './trust.ts';

/** Who wrote a log, by its own first line or by what retention kept of it. */
export interface Identity {
  readonly host: string;
  readonly server: string;
  /** `none` in an unsigned log. */
  readonly keyId: string;
  /** As declared by the log itself. */
  readonly vkey: string;
  /** It says that it has a mark. */
  readonly marked: boolean;
}

export function identityOf(first: LogRecord | undefined, deleted: DeletedPrefix | undefined): Identity {
  if (deleted !== undefined && first?.n !== 0) return deleted;
  const detail = objectOf(first?.event.detail);
  return {
    host: textOf(detail['host']),
    server: textOf(objectOf(detail['versions'])['server']),
    keyId: first?.k ?? 'none',
    vkey: textOf(detail['vkey']),
    marked: first?.n === 0,
  };
}

/** The key at hand is not the one this log was written with: nothing is said about the log then. */
export function foreignKey({ keyId }: Identity, trust: WriterTrust, evidence: Evidence): Problem | undefined {
  // A mark made with this key proves that the key is right, whatever a changed first line says.
  if (keyId === 'none' || trust.verifier !== undefined || evidence.vouched >= 0) return undefined;
  return { kind: 'unknown-key', n: 0, words: `it is signed with key ${keyId}, which was not given` };
}

/** The leaf hashes that stand for deleted records, and the checkpoints among them. */
export function deletedPrefix(
  kept: LeavesFile | undefined,
  first: LogRecord | undefined,
): { readonly leaves: readonly Digest[]; readonly steps: number } {
  if (kept === undefined) return { leaves: [], steps: 0 };
  const { lastSegment, steps } = kept.prefix;
  // A deletion cut short leaves the last segment beside its hashes.
  if (first?.n === lastSegment.records) {
    return { leaves: kept.leaves.slice(0, lastSegment.records), steps: lastSegment.steps };
  }
  return { leaves: kept.leaves, steps };
}

function objectOf(value: Json | undefined): { readonly [key: string]: Json | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })
    : {};
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
