import type { StatementDelta } from './statement-deltas.ts';

export const rankings = ['total', 'mean', 'calls', 'io', 'wal', 'temp', 'regression'] as const;
export type Ranking = (typeof rankings)[number];

/** Shares 0–1 of what all statements together did. */
export interface Shares {
  readonly time: number;
  readonly blocks: number;
  readonly dirtied: number;
  readonly wal: number;
}

export interface RankedStatement extends StatementDelta {
  readonly shares: Shares;
  /** Mean now ÷ mean as usual; undefined without enough calls or a baseline. */
  readonly regression: number | undefined;
}

const heavyShare = 0.05;

/** Orders by what was asked; statements that did none of it are left out, ties by key so that pages fit together. */
export function rankStatements(
  statements: readonly StatementDelta[],
  by: Ranking,
  regressions: ReadonlyMap<string, number>,
): readonly RankedStatement[] {
  const totals = totalsOf(statements);
  const weight = weights[by];
  return statements
    .map((one) => ({ ...one, shares: sharesOf(one, totals), regression: regressions.get(one.key) }))
    .filter((one) => weight(one) > 0)
    .toSorted((a, b) => weight(b) - weight(a) || (a.key < b.key ? -1 : 1));
}

/** Words for what a statement takes more than 5 % of; empty for others. */
export function heavyIn({ shares }: RankedStatement): readonly (keyof Shares)[] {
  return (['time', 'blocks', 'dirtied', 'wal'] as const).filter((name) => shares[name] > heavyShare);
}

const weights: Readonly<Record<Ranking, (one: RankedStatement) => number>> = {
  total: (one) => one.totalMs,
  mean: (one) => one.meanMs,
  calls: (one) => one.calls,
  io: (one) => one.read + one.dirtied,
  wal: (one) => one.walBytes,
  temp: (one) => one.tempBlocks,
  regression: (one) => one.regression ?? 0,
};

interface Totals {
  readonly time: number;
  readonly blocks: number;
  readonly dirtied: number;
  readonly wal: number;
}

function totalsOf(statements: readonly StatementDelta[]): Totals {
  const sum = (value: (one: StatementDelta) => number) => statements.reduce((total, one) => total + value(one), 0);
  return {
    time: sum((one) => one.totalMs),
    blocks: sum((one) => one.hit + one.read),
    dirtied: sum((one) => one.dirtied),
    wal: sum((one) => one.walBytes),
  };
}

function sharesOf(one: StatementDelta, totals: Totals): Shares {
  const share = (part: number, whole: number) => (whole > 0 ? part / whole : 0);
  return {
    time: share(one.totalMs, totals.time),
    blocks: share(one.hit + one.read, totals.blocks),
    dirtied: share(one.dirtied, totals.dirtied),
    wal: share(one.walBytes, totals.wal),
  };
}
