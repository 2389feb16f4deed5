import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describeWithRedis } from '@cinecom/testbed/vitest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fromBase32, oneTimePassword } from '../../src/gate/totp.ts';
import { createRedisClient } from '../../src/gate/redis/client.ts';
import { approvePlan, pendingPlan } from '../../src/gate/approve.ts';
import { codeFrom, decide, outcome, redeem, replica, type Shared, start } from './replica.ts';

const used = { code: 'confirm_used' };

function world(url: string) {
  const made = { now: start };
  const shared: Shared = {
    url,
    server: `mcp-${randomBytes(6).toString('hex')}`,
    clock: { now: () => made.now },
  };
  return Object.assign(made, { shared, pass: (ms: number) => void (made.now += ms) });
}

describeWithRedis({}, 'replicas over one Redis', ({ server }) => {
  it('redeem a code that another issued, once between them', async () => {
    const { shared } = world(server().url);
    const [one, two] = [replica(shared), replica(shared)];
    const code = await codeFrom(one);
    expect(await redeem(two, code)).toBe('applied');
    expect(await redeem(one, code)).toMatchObject(used);
    expect(await redeem(two, code)).toMatchObject(used);
  });

  it('let one of twenty redemptions through that come at the same time', async () => {
    const { shared } = world(server().url);
    const replicas = [replica(shared), replica(shared)] as const;
    const code = await codeFrom(replicas[0]);
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => redeem(replicas[index % 2]!, code)));
    expect(outcomes.filter((one) => one === 'applied')).toHaveLength(1);
    expect(outcomes.filter((one) => one !== 'applied')).toEqual(
      Array.from({ length: 19 }, () => expect.objectContaining(used)),
    );
  });

  it('burn what one of them found stale or declined', async () => {
    const { shared } = world(server().url);
    const [one, two] = [replica(shared), replica(shared)];
    const asked = await decide(one, { canElicit: true });
    if (asked.kind !== 'ask') throw new Error(`expected a form, got ${asked.kind}`);
    const answer = (action: string) => ({
      requestState: asked.requestState,
      inputResponses: { [asked.key]: { action, content: { name: 'orders_old' } } },
    });
    expect(await outcome(decide(two, answer('decline')))).toMatchObject({ code: 'confirm_declined' });
    expect(await outcome(decide(one, answer('accept')))).toMatchObject(used);
  });

  it('keep nothing of one server under the keys of another, and every key for a day', async () => {
    const { shared } = world(server().url);
    const one = replica(shared);
    const code = await codeFrom(one);
    expect(await redeem(one, code)).toBe('applied');
    const run = await one.redis.run();
    const [keys] = await run.send(['KEYS', `cinecom:${shared.server}:*`]);
    const [key] = (keys as readonly string[]).filter((name) => name.includes(':used:'));
    expect(key).toMatch(new RegExp(`^cinecom:${shared.server}:used:\\d{10}-[0-9a-f]{16}$`));
    const [seconds] = await run.send(['TTL', key!]);
    expect(seconds).toBeGreaterThan(86_000);
    expect(await redeem(replica({ ...shared, server: 'mcp-other' }), code)).toMatchObject({ code: 'confirm_invalid' });
  });
});

const secrets = { alice: 'ABCD'.repeat(5), bob: 'WXYZ'.repeat(5) };
const passwordOf = (name: keyof typeof secrets, now: number): string =>
  oneTimePassword(fromBase32(secrets[name]) ?? Buffer.alloc(0), Math.floor(now / 30_000));

/** Six digits that fit nobody now. */
function wrongFor(now: number): string | undefined {
  const right = [-30_000, 0, 30_000].flatMap((off) => [passwordOf('alice', now + off), passwordOf('bob', now + off)]);
  return Array.from({ length: 7 }, (_, digit) => String(digit).repeat(6)).find((digits) => !right.includes(digits));
}

describeWithRedis({}, 'second factors over one Redis', ({ server }) => {
  function approved(needed: number) {
    const made = world(server().url);
    const secondFactor = { approvers: `alice:${secrets.alice},bob:${secrets.bob}`, needed };
    return Object.assign(made, { join: () => replica(made.shared, { secondFactor }) });
  }

  it('are given at any replica and counted at every', async () => {
    const made = approved(2);
    const [one, two, third] = [made.join(), made.join(), made.join()];
    const code = await codeFrom(one);
    made.pass(120_000);
    expect(await pendingPlan({ ...two.options, code })).toMatchObject({ tool: 'x_drop' });
    await approvePlan({ ...two.options, code, otp: passwordOf('alice', made.now) });
    expect(await redeem(one, code)).toMatchObject({
      code: 'approval_required',
      text: expect.stringContaining('so far alice') as string,
    });
    expect(await redeem(third, code, passwordOf('bob', made.now))).toBe('applied');
    expect(await redeem(one, code)).toMatchObject(used);
  });

  it('take each password once, whoever it was shown to', async () => {
    const made = approved(1);
    const [one, two] = [made.join(), made.join()];
    const codes = [await codeFrom(one), await codeFrom(two)] as const;
    made.pass(120_000);
    const otp = passwordOf('alice', made.now);
    expect(await redeem(one, codes[0], otp)).toBe('applied');
    expect(await redeem(two, codes[1], otp)).toMatchObject({ code: 'approval_invalid' });
    expect(await redeem(two, codes[1], passwordOf('alice', made.now - 30_000))).toBe('applied');
    const code = await codeFrom(two);
    expect(await redeem(one, code, passwordOf('alice', made.now - 30_000))).toMatchObject({ code: 'approval_invalid' });
  });

  it('are locked everywhere after five wrong ones, for 15 minutes', async () => {
    const made = approved(1);
    const replicas = [made.join(), made.join()] as const;
    const code = await codeFrom(replicas[0]);
    made.pass(120_000);
    const wrong = wrongFor(made.now);
    const tries = await Promise.all(Array.from({ length: 9 }, (_, index) => redeem(replicas[index % 2]!, code, wrong)));
    expect(tries.filter((one) => typeof one === 'object' && one.text.includes('is wrong')).length).toBeLessThanOrEqual(
      5,
    );
    const right = passwordOf('alice', made.now);
    const locked = await redeem(replicas[1], code, right);
    expect(locked).toMatchObject({ code: 'approval_invalid', text: expect.stringContaining('locked until') as string });
    made.pass(16 * 60_000);
    const later = await codeFrom(replicas[1]);
    expect(await redeem(replicas[0], later, passwordOf('alice', made.now))).toBe('applied');
  });
});

/** A replica may learn of a crash only by its next command, which is then refused; what follows is what is looked at. */
async function learn(at: ReturnType<typeof replica>): Promise<void> {
  await outcome(codeFrom(at));
}

describeWithRedis({ control: true }, 'replicas whose Redis goes away', ({ server }) => {
  it('apply nothing without it, say so, and go on by themselves when it is back', async () => {
    const { shared } = world(server().url);
    const [one, two] = [replica(shared), replica(shared)];
    const code = await codeFrom(one);
    await server().down();
    for (const at of [one, two]) {
      const refused = await redeem(at, code);
      expect(refused).toMatchObject({ code: 'state_unavailable' });
      expect(JSON.stringify(refused)).toMatch(/its Redis (cannot be reached|closed the connection)/);
      expect(JSON.stringify(refused)).not.toContain(String(server().port));
    }
    const unplanned = await outcome(codeFrom(one));
    expect(unplanned).toMatchObject({
      code: 'state_unavailable',
      text: expect.stringContaining('ECONNREFUSED') as string,
    });
    await server().up();
    const fresh = await codeFrom(one);
    expect(await redeem(two, fresh)).toBe('applied');
    expect(await redeem(one, fresh)).toMatchObject(used);
  });

  it('redeem no code from before it started again: which were used may be forgotten', async () => {
    const { shared, pass } = world(server().url);
    const [one, two] = [replica(shared), replica(shared)];
    const [spent, open] = [await codeFrom(one), await codeFrom(one)];
    expect(await redeem(one, spent)).toBe('applied');
    await server().down();
    await server().up();
    const forgotten = { code: 'confirm_expired', text: expect.stringContaining('started again') as string };
    expect(await redeem(two, spent)).toMatchObject(forgotten);
    pass(5000);
    expect(await redeem(two, await codeFrom(two))).toBe('applied');
    await learn(one);
    expect(await redeem(one, spent)).toMatchObject(forgotten);
    expect(await redeem(one, open)).toMatchObject(forgotten);
  });

  it('also when it comes back with what it knew a while ago', async () => {
    const { shared } = world(server().url);
    const one = replica(shared);
    const spent = await codeFrom(one);
    await (await one.redis.run()).send(['SAVE']);
    expect(await redeem(one, spent)).toBe('applied');
    await server().down();
    await server().up();
    await learn(one);
    expect(await redeem(one, spent)).toMatchObject({ code: 'confirm_expired' });
  });

  it('take no password that may have been used before it started again', async () => {
    const made = world(server().url);
    const at = replica(made.shared, { secondFactor: { approvers: `alice:${secrets.alice}`, needed: 1 } });
    const otp = passwordOf('alice', made.now);
    const code = await codeFrom(at);
    expect(await redeem(at, code, otp)).toMatchObject({ code: 'approval_invalid' });
    made.pass(90_000);
    expect(await redeem(at, code, passwordOf('alice', made.now))).toBe('applied');
  });

  it('do not wait for one that hangs', async () => {
    const { shared } = world(server().url);
    const one = replica(shared);
    const code = await codeFrom(one);
    server().pause();
    try {
      expect(await redeem(one, code)).toMatchObject({
        code: 'state_unavailable',
        text: expect.stringContaining('does not answer') as string,
      });
    } finally {
      server().resume();
    }
    // The read of the first try was never answered, and nothing was burnt by it.
    expect(await redeem(one, code)).toBe('applied');
  });
});

describe('a Redis with a password', () => {
  describeWithRedis({ password: 'for this test: @/%' }, 'and replicas', ({ server }) => {
    it('lets in who knows it', async () => {
      const { shared } = world(server().url);
      expect(await redeem(replica(shared), await codeFrom(replica(shared)))).toBe('applied');
    });

    it('is refused in words without the password to who does not', async () => {
      for (const login of [':not-the-password@', 'somebody:not-the-password@', '']) {
        const url = `redis://${login}${server().host}:${server().port}`;
        const refused = await outcome(codeFrom(replica(world(url).shared)));
        expect(refused).toMatchObject({ code: 'state_unavailable' });
        expect(JSON.stringify(refused)).toContain('refused the login');
        expect(JSON.stringify(refused)).not.toMatch(/not-the|somebody|127\.0/);
      }
    });

    it('needs no more rights than the README names, and says which it lacks', async () => {
      const admin = createRedisClient(server().url);
      onTestFinished(() => admin.close());
      const { send } = await admin.run();
      const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
      const rights = /`~cinecom:\* ([+\w ]+)`/.exec(readme)?.[1]?.split(' ') ?? [];
      await send(['ACL', 'SETUSER', 'replica', 'reset', 'on', '>for-replicas', '~cinecom:*', ...rights]);
      const made = world(`redis://replica:for-replicas@${server().host}:${server().port}`);
      const secondFactor = { approvers: `alice:${secrets.alice}`, needed: 1 };
      const [one, two] = [replica(made.shared, { secondFactor }), replica(made.shared, { secondFactor })];
      const code = await codeFrom(one);
      made.pass(120_000);
      expect(await redeem(two, code, wrongFor(made.now))).toMatchObject({ code: 'approval_invalid' });
      expect(await redeem(two, code, passwordOf('alice', made.now))).toBe('applied');
      await send(['ACL', 'SETUSER', 'replica', '-multi']);
      const refused = await redeem(one, await codeFrom(one), passwordOf('alice', made.now + 30_000));
      expect(refused).toMatchObject({ code: 'state_unavailable', text: expect.stringContaining('NOPERM') as string });
    });

    it('is used in the database of the address', async () => {
      const { shared } = world(`${server().url}/3`);
      const one = replica(shared);
      expect(await redeem(one, await codeFrom(one))).toBe('applied');
      expect(await outcome(codeFrom(replica({ ...shared, url: `${server().url}/999` })))).toMatchObject({
        code: 'state_unavailable',
        text: expect.stringContaining('answered ERR') as string,
      });
    });
  });
});
