import type { Digest } from '../format/hash.ts';

/** What stays of segments that retention has deleted: enough for every later proof. */
export interface DeletedPrefix {
  readonly writer: string;
  readonly host: string;
  readonly server: string;
  readonly keyId: string;
  readonly vkey: string;
  /** The writer has a mark. */
  readonly marked: boolean;
  /** Records 0 to `records` − 1 are gone. */
  readonly records: number;
  /** Checkpoint records among them. */
  readonly steps: number;
  /** Where the last deleted segment began: it may still stand there when a deletion was cut short. */
  readonly lastSegment: { readonly records: number; readonly steps: number };
  /** Newest signed checkpoint size among them. */
  readonly signedRecords: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** `log.stop` is among them. */
  readonly closed: boolean;
  /** When they were deleted, UTC ms. */
  readonly deletedAt: number;
}

export interface LeavesFile {
  readonly prefix: DeletedPrefix;
  readonly leaves: readonly Digest[];
  /** Header text and its keyed tag, `-` in an unsigned log. */
  readonly text: string;
  readonly tag: string;
}

/** Header line, its tag, then one hash a line. The tag covers the last hash, and the tree the others. */
export function formatLeaves(
  prefix: DeletedPrefix,
  leaves: readonly Digest[],
  guard: ((text: string) => string) | undefined,
): string {
  const text = JSON.stringify({ v: 1, ...prefix, last: leaves.at(-1) ?? '' });
  return `${text}\n${guard?.(text) ?? '-'}\n${leaves.join('\n')}\n`;
}

/** @returns undefined when the file is damaged */
export function parseLeaves(content: string): LeavesFile | undefined {
  const [text = '', tag = '', ...leaves] = content.split('\n');
  if (leaves.pop() !== '' || !leaves.every((leaf) => /^[\w-]{43}$/.test(leaf))) return undefined;
  try {
    const prefix = JSON.parse(text) as DeletedPrefix & { readonly last: string };
    return prefix.records === leaves.length && prefix.last === (leaves.at(-1) ?? '')
      ? { prefix, leaves, text, tag }
      : undefined;
  } catch {
    // Not JSON: damaged.
    return undefined;
  }
}
