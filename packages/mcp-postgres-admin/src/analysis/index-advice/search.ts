import { isPrefix } from './index-shape.ts';
import { type Choice, type SearchCandidate, sequence, sum, type WorkloadCosts } from './workload-costs.ts';

export interface SearchLimits {
  /** Bytes of all chosen indexes together. */
  readonly maxBytes: number;
  /** A step that gains less than this share of the whole workload, 0–1, is not taken. */
  readonly leastGain: number;
  /** True when no further plan may be made: the search ends with what it has. */
  readonly spent: () => boolean;
}

interface Move {
  readonly added: SearchCandidate;
  /** Chosen before, of which `added` is a longer form. */
  readonly removed: SearchCandidate | undefined;
}

/**
 * Chooses indexes by the Extend strategy (Schlosser, Kossmann, Boissier 2019): step by step the best gain a byte of a new
 * index or of one that lengthens a chosen one; the same by gain alone; the better of the two ends. Then what costs nothing to
 * drop is dropped, each index that another would serve better is exchanged, and what that made needless is dropped too.
 * Ties go to the smaller, then the narrower, then by text.
 */
export async function searchIndexes(candidates: Choice, costs: WorkloadCosts, limits: SearchLimits): Promise<Choice> {
  const ordered = candidates.toSorted(smallerFirst);
  const ends: { readonly choice: Choice; readonly total: number }[] = [];
  for (const measure of [perByte, absolute]) {
    const grown = await grow(ordered, costs, limits, measure);
    const exchanged = await exchange(await shrink(grown, costs, limits), ordered, costs, limits);
    const choice = await shrink(exchanged, costs, limits);
    ends.push({ choice, total: await costs.total(choice) });
  }
  const [first, second] = ends;
  if (first === undefined || second === undefined) return [];
  const better = second.total < first.total * (1 - limits.leastGain / 10) ? second : first;
  return better.choice.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function smallerFirst(a: SearchCandidate, b: SearchCandidate): number {
  const width = ({ shape }: SearchCandidate): number => shape.keys.length + shape.include.length;
  return a.bytes - b.bytes || width(a) - width(b) || (a.id < b.id ? -1 : 1);
}

type Measure = (gain: number, bytes: number) => number;
const perByte: Measure = (gain, bytes) => gain / Math.max(8192, bytes);
const absolute: Measure = (gain) => gain;

async function grow(
  candidates: Choice,
  costs: WorkloadCosts,
  { maxBytes, leastGain, spent }: SearchLimits,
  measure: Measure,
): Promise<Choice> {
  const least = leastGain * sum(costs.now);
  const known = new Map<string, number>();
  let choice: Choice = [];
  while (!spent()) {
    const times = await sequence(costs.now, (_now, statement) => costs.time(statement, choice));
    const left = (statement: number): number => (times[statement] ?? 0) - costs.floor(statement);
    let best: { readonly move: Move; readonly worth: number } | undefined;
    for (const move of moves(candidates, choice)) {
      const more = move.added.bytes - (move.removed?.bytes ?? 0);
      if (sum(choice.map(({ bytes }) => bytes)) + more > maxBytes) continue;
      const bound = sum([...move.added.statements].map(left)) - move.added.upkeep + (move.removed?.upkeep ?? 0);
      // What no choice can gain is not planned.
      if (bound < least || (best && measure(bound, more) <= best.worth)) continue;
      const key = `${move.added.id}\n${move.removed?.id ?? ''}`;
      const gain = known.get(key) ?? (await gainOf(move, choice, { times, costs }));
      known.set(key, gain);
      const worth = measure(gain, more);
      if (gain >= least && (best === undefined || worth > best.worth)) best = { move, worth };
      if (spent()) break;
    }
    if (best === undefined) break;
    const changed = applied(best.move, choice);
    const touched = await changedStatements(choice, changed, { times, costs });
    forget(known, candidates, touched);
    choice = changed;
  }
  return choice;
}

/** Gains stay as they are where no statement that an index serves has changed. */
function forget(known: Map<string, number>, candidates: Choice, touched: ReadonlySet<number>): void {
  const stale = new Set(
    candidates.filter(({ statements }) => [...statements].some((one) => touched.has(one))).map(({ id }) => id),
  );
  for (const key of known.keys()) if (stale.has(key.split('\n')[0] ?? '')) known.delete(key);
}

function* moves(candidates: Choice, choice: Choice): Generator<Move> {
  for (const added of candidates) {
    if (choice.includes(added)) continue;
    yield { added, removed: undefined };
    for (const removed of choice) if (isPrefix(removed.shape, added.shape)) yield { added, removed };
  }
}

function applied({ added, removed }: Move, choice: Choice): Choice {
  return [...choice.filter((one) => one !== removed), added];
}

interface Standing {
  /** Of each statement under the choice so far. */
  readonly times: readonly number[];
  readonly costs: WorkloadCosts;
}

async function gainOf(move: Move, choice: Choice, { times, costs }: Standing): Promise<number> {
  const after = applied(move, choice);
  const affected = new Set([...move.added.statements, ...(move.removed?.statements ?? [])]);
  const saved = await sequence([...affected], async (statement) => {
    const now = times[statement] ?? 0;
    if (move.removed === undefined && now <= costs.floor(statement) * 1.001) return 0;
    return now - (await costs.time(statement, after));
  });
  return sum(saved) - move.added.upkeep + (move.removed?.upkeep ?? 0);
}

async function changedStatements(
  before: Choice,
  after: Choice,
  { times, costs }: Standing,
): Promise<ReadonlySet<number>> {
  const changed = new Set<number>();
  for (const [statement, time] of times.entries()) {
    if ((await costs.time(statement, after)) !== time) changed.add(statement);
  }
  // What replaced another index may now be lengthened, though no statement has become faster.
  if (after.length <= before.length)
    for (const one of after) one.statements.forEach((statement) => changed.add(statement));
  return changed;
}

/** Drops, largest first, each index without which the workload is as fast but for less than a step's gain. */
async function shrink(choice: Choice, costs: WorkloadCosts, { leastGain }: SearchLimits): Promise<Choice> {
  let kept = choice;
  let total = await costs.total(kept);
  for (const one of choice.toSorted((a, b) => b.bytes - a.bytes || (a.id < b.id ? -1 : 1))) {
    const without = kept.filter((other) => other !== one);
    const less = await costs.total(without);
    if (less - total >= leastGain * sum(costs.now)) continue;
    kept = without;
    total = less;
  }
  return kept;
}

async function exchange(
  choice: Choice,
  candidates: Choice,
  costs: WorkloadCosts,
  limits: SearchLimits,
): Promise<Choice> {
  const least = limits.leastGain * sum(costs.now);
  let now = choice;
  let total = await costs.total(now);
  for (const one of choice) {
    for (const other of candidates) {
      if (limits.spent()) return now;
      if (other.shape.table.oid !== one.shape.table.oid || now.includes(other) || !now.includes(one)) continue;
      const times = await sequence([...other.statements], (statement) => costs.time(statement, now));
      const bound = sum([...other.statements].map((statement, place) => (times[place] ?? 0) - costs.floor(statement)));
      const upkeep = one.upkeep - other.upkeep;
      if (bound + upkeep < least && other.bytes >= one.bytes) continue;
      const exchanged = [...now.filter((kept) => kept !== one), other];
      if (sum(exchanged.map(({ bytes }) => bytes)) > limits.maxBytes) continue;
      const after = await costs.total(exchanged);
      if (after > total - (bound + upkeep < least ? 0 : least)) continue;
      now = exchanged;
      total = after;
    }
  }
  return now;
}
