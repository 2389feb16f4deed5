import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LockWait } from '../model/lock-wait.ts';
import { blockingTrees, flatten } from './blocking-tree.ts';

const wait = (pid: number, blockedBy: readonly number[], waitMs = 100): LockWait => ({
  pid,
  waitMs,
  blockedBy,
  lockType: 'transactionid',
  mode: 'ShareLock',
  object: 'public.orders',
});

const anyWaits = fc
  .uniqueArray(
    fc.tuple(fc.integer({ min: 1, max: 12 }), fc.uniqueArray(fc.integer({ min: 0, max: 15 }), { maxLength: 4 })),
    {
      selector: ([pid]) => pid,
      maxLength: 12,
    },
  )
  .map((list) =>
    list.map(([pid, blockers]) =>
      wait(
        pid,
        blockers.filter((one) => one !== pid),
      ),
    ),
  );

describe('blockingTrees', () => {
  it('puts the chain under the session that waits for nobody', () => {
    const [tree, ...others] = blockingTrees([wait(2, [1], 500), wait(3, [2], 400)]);
    expect(others).toEqual([]);
    expect(tree).toMatchObject({ pid: 1, victimCount: 2, longestWaitMs: 500, deadlock: false });
    expect(tree?.victims[0]).toMatchObject({ pid: 2, victims: [{ pid: 3 }] });
  });

  it('names the other blockers of a session that waits for several', () => {
    const [tree] = blockingTrees([wait(3, [1, 2])]);
    expect(tree).toMatchObject({ pid: 1, victims: [{ pid: 3, alsoBlockedBy: [2] }] });
  });

  it('takes a prepared transaction as a root', () => {
    expect(blockingTrees([wait(5, [0])])[0]).toMatchObject({ pid: 0, victimCount: 1 });
  });

  it('tells a circle from a chain', () => {
    expect(blockingTrees([wait(1, [2]), wait(2, [1])])).toMatchObject([{ pid: 1, deadlock: true, victimCount: 1 }]);
  });

  it('shows every waiting session exactly once, whatever waits for whom', () => {
    fc.assert(
      fc.property(anyWaits, (waits) => {
        const shown = blockingTrees(waits)
          .flatMap((tree) => flatten(tree))
          .filter((node) => node.wait !== undefined);
        expect(shown.map((node) => node.pid).toSorted((a, b) => a - b)).toEqual(
          waits.map((one) => one.pid).toSorted((a, b) => a - b),
        );
      }),
    );
  });

  it('gives the same trees in whatever order the rows come', () => {
    fc.assert(
      fc.property(anyWaits, (waits) => {
        const roots = (list: readonly LockWait[]) =>
          blockingTrees(list)
            .map((tree) => tree.pid)
            .toSorted((a, b) => a - b);
        expect(roots(waits.toReversed())).toEqual(roots(waits));
      }),
    );
  });
});
