import { closeSync, openSync, write as writeAt, writeSync } from 'node:fs';
import type { Digest } from '../format/hash.ts';

/** How long a log is known to be, told outside the log folder. */
export interface Mark {
  readonly writer: string;
  readonly records: number;
  /** Leaf hash of the last of them. */
  readonly last: Digest;
  /** The writer ended cleanly: nothing may follow. */
  readonly closed: boolean;
  /** Its checkpoint file exists, safe from a loss of power. */
  readonly checkpoint: boolean;
}

/** One sector: rewritten in place, so a loss of power leaves the old or the new one. */
const markBytes = 256;
const form =
  /^(\{"v":1,"w":"([0-9A-Z]{26})","n":(0|[1-9]\d{0,15}),"h":"([\w-]{43}|)","closed":(true|false),"checkpoint":(true|false)\}) ([\w-]{22}|-) *\n$/;

/** @param tag keyed, of the text before it; undefined in an unsigned log */
export function formatMark(mark: Mark, tag: ((text: string) => string) | undefined): string {
  const text = JSON.stringify({
    v: 1,
    w: mark.writer,
    n: mark.records,
    h: mark.last,
    closed: mark.closed,
    checkpoint: mark.checkpoint,
  });
  return `${`${text} ${tag?.(text) ?? '-'}`.padEnd(markBytes - 1)}\n`;
}

/** @returns undefined for a damaged file; `text` and `tag` for the check with the key, `tag` `-` without one */
export function parseMark(content: string): (Mark & { readonly text: string; readonly tag: string }) | undefined {
  const [, text = '', writer = '', records, last = '', closed, checkpoint, tag = ''] = form.exec(content) ?? [];
  if (text === '' || content.length !== markBytes) return undefined;
  return {
    writer,
    records: Number(records),
    last,
    closed: closed === 'true',
    checkpoint: checkpoint === 'true',
    text,
    tag,
  };
}

/** The open mark of a running writer. Failing to renew it loses no record, so errors are only counted. */
export class MarkFile {
  readonly #tag: ((text: string) => string) | undefined;
  readonly #file: number;
  failures = 0;

  /** Creates the file, exclusively, with a mark of no records. */
  constructor(path: string, writer: string, tag: ((text: string) => string) | undefined) {
    this.#tag = tag;
    this.#file = openSync(path, 'wx', 0o600);
    this.renewNow({ writer, records: 0, last: '', closed: false, checkpoint: false });
  }

  renew(mark: Mark): Promise<void> {
    const bytes = Buffer.from(formatMark(mark, this.#tag));
    return new Promise((resolve) => {
      writeAt(this.#file, bytes, 0, bytes.length, 0, (error) => {
        if (error !== null) this.failures += 1;
        resolve();
      });
    });
  }

  renewNow(mark: Mark): void {
    writeSync(this.#file, formatMark(mark, this.#tag), 0);
  }

  close(): void {
    closeSync(this.#file);
  }
}
