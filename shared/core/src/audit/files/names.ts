import { ulidPattern } from '../format/ulid.ts';

/** A segment file as its name tells. */
export interface SegmentName {
  readonly name: string;
  readonly writer: string;
  /** 0 is the writer's first. */
  readonly index: number;
  /** UTC ms at which the segment was opened. */
  readonly startedAt: number;
}

const segment = new RegExp(
  `^(\\d{4})(\\d\\d)(\\d\\d)T(\\d\\d)(\\d\\d)(\\d\\d)(\\d{3})Z-(${ulidPattern})-(\\d{4,9})\\.jsonl$`,
);
const companion = new RegExp(`^(${ulidPattern})\\.(checkpoint|leaves|open|mark)$`);

/** `<start>-<writer>-<nnnn>.jsonl`: names sort by time. */
export function segmentName(startedAt: number, writer: string, index: number): string {
  const start = new Date(startedAt).toISOString().replace(/[-:.]/g, '');
  return `${start}-${writer}-${String(index).padStart(4, '0')}.jsonl`;
}

export function parseSegmentName(name: string): SegmentName | undefined {
  const match = segment.exec(name);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, ms, writer = '', index] = match;
  const startedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
  return Number.isNaN(startedAt) ? undefined : { name, writer, index: Number(index), startedAt };
}

export type CompanionKind = 'checkpoint' | 'leaves' | 'open' | 'mark';

/** Files beside the segments, one of a kind a writer. */
export function parseCompanionName(
  name: string,
): { readonly writer: string; readonly kind: CompanionKind } | undefined {
  const [, writer, kind] = companion.exec(name) ?? [];
  return writer === undefined ? undefined : { writer, kind: kind as CompanionKind };
}
