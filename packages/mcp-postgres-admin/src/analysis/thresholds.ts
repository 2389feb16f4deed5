import type { Severity } from '@cinecom/mcp-core';

/** Three figures a check: info, warning, critical. `falling`: the smaller, the worse. */
export interface Thresholds {
  readonly info: number;
  readonly warning: number;
  readonly critical: number;
  readonly falling?: true;
}

/** Every threshold of `pg_overview`, once. Ratios are 0–1, times ms, sizes bytes. */
export const thresholds = {
  cacheHit: { info: 0.95, warning: 0.9, critical: 0.85, falling: true },
  connections: { info: 0.7, warning: 0.85, critical: 0.95 },
  idleInTransaction: { info: 2, warning: 5, critical: 10 },
  transactionMs: { info: 300_000, warning: 900_000, critical: 3_600_000 },
  vacuumQueue: { info: 6, warning: 15, critical: 30 },
  sequenceFree: { info: 0.2, warning: 0.1, critical: 0.05, falling: true },
  lagBytes: { info: 10_000_000, warning: 100_000_000, critical: 1_000_000_000 },
  lagMs: { info: 1000, warning: 5000, critical: 30_000 },
  lockWaiters: { info: 1, warning: 3, critical: 10 },
  lockWaitMs: { info: 10_000, warning: 30_000, critical: 60_000 },
  requestedCheckpoints: { info: 0.05, warning: 0.1, critical: 0.2 },
} as const satisfies Record<string, Thresholds>;

export const idleInTransactionMs = 30_000;
export const cacheBlocks = 50_000;
export const checkpointSamples = 10;
export const slotBytes = 1_000_000_000;
/** Transactions that began since the snapshot of whoever holds the horizon. */
export const horizonAge: Thresholds = { info: 1_000_000, warning: 10_000_000, critical: 100_000_000 };
export const xid = { atLeast: 500_000_000, critical: 1_200_000_000, emergency: 1_600_000_000 } as const;
export const bloat = { ratio: 0.3, bytes: 100_000_000 } as const;

/** The worst figure that `value` reaches; `undefined` when it reaches none. Falling figures are passed below, rising ones reached. */
export function grade(rule: Thresholds, value: number): Severity | undefined {
  const reached = (figure: number) => (rule.falling ? value < figure : value >= figure);
  if (reached(rule.critical)) return 'critical';
  if (reached(rule.warning)) return 'warning';
  return reached(rule.info) ? 'info' : undefined;
}

/** The figure of a grade. */
export function figure(rule: Thresholds, severity: Severity): number {
  return rule[severity];
}
