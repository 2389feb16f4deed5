import { describeWithRedis } from '@cinecom/testbed/vitest';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { decide, outcome, plan, replica, start } from './replica.ts';

const at = fc.nat(2);
const steps = fc.oneof(
  fc.record({ kind: fc.constant('plan'), at }),
  fc.record({ kind: fc.constant('redeem'), at, code: fc.nat(2) }),
  fc.record({ kind: fc.constant('redeem together'), at, code: fc.nat(2) }),
  fc.record({ kind: fc.constant('change') }),
  fc.record({ kind: fc.constant('wait'), seconds: fc.nat(400) }),
  fc.record({ kind: fc.constant('lose'), share: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constantFrom('save', 'crash') }),
);

/** A snapshot between a plan and its use is what a Redis most likely comes back with. */
const redeemFirst = { kind: 'redeem', at: 1, code: 0 } as const;
const savedBetween = [{ kind: 'save' } as const, redeemFirst, { kind: 'crash' } as const, redeemFirst, redeemFirst];

interface Code {
  readonly code: string;
  readonly version: number;
  effects: number;
}

describeWithRedis({ control: true }, 'any order of plans, changes and redemptions at three replicas', ({ server }) => {
  it(
    'has at most one effect a code, whatever Redis forgets, and none after a change',
    { timeout: 60_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(steps, { minLength: 6, maxLength: 30 }), async (sequence) => {
          let [now, version] = [start, 0];
          const shared = { url: server().url, server: 'mcp-sequences', clock: { now: () => now } };
          const replicas = [replica(shared), replica(shared), replica(shared)];
          const codes: Code[] = [];
          const observed = () => ({ ...plan, observed: { version } });
          const redeem = async (index: number, known: Code) => {
            const decided = await outcome(decide(replicas[index % 3]!, { confirm: known.code }, observed()));
            if (!('kind' in decided)) return;
            if (decided.kind === 'apply') {
              expect(known.version).toBe(version);
              known.effects += 1;
            }
            if (decided.kind === 'show') codes.push({ code: decided.code, version, effects: 0 });
          };
          for (const step of [{ kind: 'plan', at: 0 } as const, ...sequence]) {
            const known = 'code' in step ? codes[step.code % Math.max(1, codes.length)] : undefined;
            if (step.kind === 'change') version += 1;
            if ('seconds' in step) now += step.seconds * 1000;
            if (step.kind === 'plan' && 'at' in step) {
              // A replica may learn of a crash only by its next command, which is then refused.
              const shown = await outcome(decide(replicas[step.at]!, {}, observed()));
              if ('kind' in shown && shown.kind === 'show') codes.push({ code: shown.code, version, effects: 0 });
            }
            if (known && 'at' in step) {
              const together = step.kind === 'redeem' ? [0] : [0, 1, 2, 0, 1, 2];
              await Promise.all(together.map((offset) => redeem(step.at + offset, known)));
            }
            if ('share' in step) await lose(step.share);
            if (step.kind === 'save') await save();
            if (step.kind === 'crash') await crash();
          }
          for (const { effects } of codes) expect(effects).toBeLessThanOrEqual(1);
          for (const { redis } of replicas) redis.close();
        }),
        { numRuns: 80, examples: [[savedBetween]] },
      );
    },
  );

  /** As an eviction would: every so many-th of the used keys, or all of them. */
  async function lose(share: number): Promise<void> {
    const { redis } = replica({ url: server().url, server: 'mcp-sequences', clock: { now: () => start } });
    const { send } = await redis.run();
    const [keys] = await send(['KEYS', 'cinecom:mcp-sequences:used:*']);
    const lost = (keys as readonly string[]).filter((_key, index) => index % share === 0);
    if (lost.length > 0) await send(['DEL', ...lost]);
    redis.close();
  }

  async function save(): Promise<void> {
    const { redis } = replica({ url: server().url, server: 'mcp-sequences', clock: { now: () => start } });
    await (await redis.run()).send(['SAVE']);
    redis.close();
  }

  /** It comes back with what it had saved. */
  async function crash(): Promise<void> {
    await server().down();
    await server().up();
  }
});
