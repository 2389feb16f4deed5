import type { Level } from './level-of.ts';
import { levels } from './level-of.ts';
import { templateOf } from './template-of.ts';

/** A line with where it came from. */
export interface OriginLine {
  /** UTC ms. */
  readonly at: number;
  readonly service: string;
  /** Of the replica. */
  readonly number: number;
  readonly stream: 'stdout' | 'stderr';
  readonly level: Level | undefined;
  readonly text: string;
}

/** Lines of a service that differ in numbers and the like only. */
export interface LineGroup {
  readonly template: string;
  readonly service: string;
  readonly level: Level | undefined;
  readonly count: number;
  readonly replicas: number;
  /** UTC ms. */
  readonly first: number;
  readonly last: number;
  /** The newest of them. */
  readonly example: string;
}

/** Groups of lines, the worst level first, then the most frequent. @param lines oldest first */
export function collapse(lines: readonly OriginLine[]): readonly LineGroup[] {
  const groups = new Map<string, OriginLine[]>();
  for (const line of lines) {
    const key = JSON.stringify([line.service, line.level, templateOf(line.text)]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [line]);
    else group.push(line);
  }
  return [...groups.values()].map(groupOf).toSorted(byWeight);
}

function groupOf(lines: readonly OriginLine[]): LineGroup {
  const [first] = lines;
  const last = lines.at(-1);
  return {
    template: templateOf(first?.text ?? ''),
    service: first?.service ?? '',
    level: first?.level,
    count: lines.length,
    replicas: new Set(lines.map(({ number }) => number)).size,
    first: first?.at ?? 0,
    last: last?.at ?? 0,
    example: last?.text ?? '',
  };
}

function byWeight(a: LineGroup, b: LineGroup): number {
  return rank(a) - rank(b) || b.count - a.count || b.last - a.last;
}

/** Lines that say nothing of their level stand beside information. */
function rank({ level }: LineGroup): number {
  return levels.indexOf(level ?? 'info');
}
