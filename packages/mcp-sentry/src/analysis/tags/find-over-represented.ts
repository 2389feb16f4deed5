import { benjaminiHochberg } from '@cinecom/mcp-core/stats';
import { wholeCount } from '../fleet/whole-count.ts';
import { compareShares } from './compare-shares.ts';

/** Counts of one tag's values among the events of an issue and of its whole project, over the same span. */
export interface TagCounts {
  readonly key: string;
  readonly issue: ReadonlyMap<string, number>;
  /** The issue included; undefined where it is not known. */
  readonly project: ReadonlyMap<string, number> | undefined;
}

export interface TagVerdict {
  readonly key: string;
  readonly value: string;
  readonly events: number;
  /** Of the issue's events with this tag, 0–1. */
  readonly shareInside: number;
  /** Of the project's other events with this tag; undefined without a baseline. */
  readonly shareOutside: number | undefined;
  readonly p: number | undefined;
  /** Over all values of the answer. */
  readonly q: number | undefined;
  readonly isOver: boolean;
  readonly method: 'G-test' | 'exact' | undefined;
}

export const tagLimits = { q: 0.02, shareChange: 0.01, baseline: 20 } as const;

/**
 * Values of tags that an issue has more often than the rest of its project.
 *
 * Selection is the issue, baseline the project without it; `compareShares` by value, Benjamini–Hochberg over all values of
 * all tags. Over-represented: q ≤0.02 and a share at least one point higher. With fewer than 20 other events there is
 * nothing to compare with and p is undefined. Events of one user are not independent: p is then smaller than it should be.
 *
 * @returns over-represented first by difference of shares, then by events
 */
export function findOverRepresented(tags: readonly TagCounts[]): readonly TagVerdict[] {
  const rows = tags.flatMap(compareValues);
  const tested = rows.filter(({ p }) => p !== undefined);
  const qs = benjaminiHochberg(tested.map(({ p }) => p ?? 1));
  const qOf = new Map(tested.map((row, index) => [row, qs[index] ?? 1]));
  return rows
    .map((row): TagVerdict => {
      const q = qOf.get(row);
      const isOver = q !== undefined && q <= tagLimits.q && differenceOf(row) >= tagLimits.shareChange;
      return { ...row, q, isOver };
    })
    .toSorted((a, b) => Number(b.isOver) - Number(a.isOver) || rank(b) - rank(a));
}

type Compared = Omit<TagVerdict, 'q' | 'isOver'>;

function compareValues({ key, issue, project }: TagCounts): readonly Compared[] {
  const inside = sumOf(issue.values());
  const rest = new Map(
    [...(project ?? [])].map(([value, all]) => [value, Math.max(0, wholeCount(all) - wholeCount(issue.get(value)))]),
  );
  const outside = sumOf(rest.values());
  const isComparable = project !== undefined && outside >= tagLimits.baseline;
  return [...issue].map(([value, told]) => {
    const events = wholeCount(told);
    const alone = { key, value, events, shareInside: inside === 0 ? 0 : events / inside };
    if (!isComparable) return { ...alone, shareOutside: undefined, p: undefined, method: undefined };
    const { second, p, method } = compareShares(
      { count: events, total: inside },
      { count: rest.get(value) ?? 0, total: outside },
    );
    return { ...alone, shareOutside: second, p, method };
  });
}

function differenceOf({ shareInside, shareOutside }: Compared): number {
  return shareInside - (shareOutside ?? shareInside);
}

function rank(row: TagVerdict): number {
  return row.isOver ? differenceOf(row) : row.events;
}

function sumOf(values: Iterable<number>): number {
  return [...values].reduce((sum, value) => sum + wholeCount(value), 0);
}
