import type { StatementCounters, StatementPicture } from '../model/statement.ts';

/** What a statement did within a window. Times ms. */
export interface StatementDelta {
  readonly key: string;
  readonly queryId: string;
  readonly userId: string;
  readonly databaseId: string;
  readonly calls: number;
  readonly totalMs: number;
  readonly meanMs: number;
  readonly rows: number;
  readonly hit: number;
  readonly read: number;
  readonly dirtied: number;
  readonly tempBlocks: number;
  readonly walBytes: number;
  readonly ioMs: number;
  /** Its counters began anew within the window: it did at least this. */
  readonly atLeast: boolean;
}

export interface StatementDeltas {
  readonly statements: readonly StatementDelta[];
  /** Statements dropped from the list within the window: totals are lower bounds. */
  readonly evictions: number;
  /** All counters were reset within the window. */
  readonly reset: boolean;
}

const counters = ['calls', 'totalMs', 'rows', 'hit', 'read', 'dirtied', 'tempBlocks', 'walBytes', 'ioMs'] as const;

/** Who ran what where: user, database, statement, and whether a function ran it. */
export function keyOf({ databaseId, userId, queryId, topLevel }: StatementCounters): string {
  return `${databaseId}/${userId}/${queryId}/${topLevel ? 't' : 'f'}`;
}

/**
 * What each statement did between two moments; statements without a call are left out.
 *
 * Counters that began anew (their own start, a reset of all, any counter that fell) count from then. A statement that the
 * earlier list does not hold counts in full: either it is new, or it was below the 500 with most time.
 *
 * @param earlier undefined = since the counters began
 */
export function statementDeltas(
  now: StatementPicture,
  earlier: { readonly at: number; readonly picture: StatementPicture } | undefined,
): StatementDeltas {
  const before = new Map(earlier?.picture.statements.map((one) => [keyOf(one), one]));
  const reset = earlier !== undefined && now.resetAt !== null && now.resetAt !== earlier.picture.resetAt;
  const statements = now.statements.flatMap((one) => {
    const old = reset ? undefined : before.get(keyOf(one));
    const anew =
      old !== undefined && (counters.some((name) => one[name] < old[name]) || (one.since ?? 0) > (earlier?.at ?? 0));
    const base = anew ? undefined : old;
    const calls = one.calls - (base?.calls ?? 0);
    if (calls <= 0) return [];
    return [deltaOf(one, base, anew || reset)];
  });
  const dealt = (now.evictions ?? 0) - (reset ? 0 : (earlier?.picture.evictions ?? 0));
  return { statements, evictions: Math.max(0, dealt), reset };
}

function deltaOf(one: StatementCounters, base: StatementCounters | undefined, atLeast: boolean): StatementDelta {
  const difference = (name: (typeof counters)[number]) => one[name] - (base?.[name] ?? 0);
  const calls = difference('calls');
  const totalMs = difference('totalMs');
  return {
    key: keyOf(one),
    queryId: one.queryId,
    userId: one.userId,
    databaseId: one.databaseId,
    calls,
    totalMs,
    meanMs: totalMs / calls,
    rows: difference('rows'),
    hit: difference('hit'),
    read: difference('read'),
    dirtied: difference('dirtied'),
    tempBlocks: difference('tempBlocks'),
    walBytes: difference('walBytes'),
    ioMs: difference('ioMs'),
    atLeast,
  };
}
