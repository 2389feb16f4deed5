import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../define/plan.ts';
import { isToolError } from '../errors/tool-error.ts';
import { approvePlan, pendingPlan } from './approve.ts';
import { lockEnd } from './attempts.ts';
import { createGate } from './create-gate.ts';
import { fromBase32, matchingStep, oneTimePassword } from './totp.ts';
import type { ConfirmContext, Decision, GatedTool, GateOptions } from './types.ts';

const drop: GatedTool = { name: 'x_drop', risk: 'destructive', confirms: true };
const start = 1_800_000_000_000;
const minute = 60_000;
const secrets = { alice: 'ABCD'.repeat(5), bob: 'WXYZ'.repeat(5) };
const keyOf = (name: keyof typeof secrets): Buffer => fromBase32(secrets[name]) ?? Buffer.alloc(0);
const plan: Plan = {
  summary: 'drop the index orders_old',
  steps: ['DROP INDEX CONCURRENTLY orders_old'],
  targets: [{ type: 'index', id: 'orders_old' }],
  warnings: [],
  undo: 'create it again',
  observed: { size: 1 },
};

let root: string;
let folders = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'approve-'));
});
afterAll(() => rm(root, { recursive: true }));

function world(needed = 1, changed: Partial<GateOptions> = {}) {
  const made = { now: start, options: {} as GateOptions };
  made.options = {
    server: 'mcp-x',
    ceiling: 'destructive',
    tools: [],
    denyTools: [],
    scopes: [],
    maxTargets: 20,
    environment: 'production',
    mode: 'auto',
    stateDir: join(root, String((folders += 1))),
    keys: { encryptionKey: undefined, auditKey: undefined },
    secondFactor: { approvers: `alice:${secrets.alice},bob:${secrets.bob}`, needed },
    clock: { now: () => made.now },
    ...changed,
  };
  return made;
}

function password(name: keyof typeof secrets, now: number): string {
  return oneTimePassword(keyOf(name), Math.floor(now / 30_000));
}

/** Six digits that fit nobody now. */
function wrongPassword(now: number): string {
  const fits = (digits: string) =>
    matchingStep(keyOf('alice'), digits, now) !== undefined || matchingStep(keyOf('bob'), digits, now) !== undefined;
  return ['000000', '111111', '222222'].find((digits) => !fits(digits)) ?? '333333';
}

const decide = (options: GateOptions, given: Partial<ConfirmContext> = {}, shownPlan = plan): Promise<Decision> =>
  createGate(options).decide(drop, shownPlan, {
    principal: { id: 'os:1', ceiling: 'destructive' },
    canElicit: true,
    args: {},
    confirm: undefined,
    approval: undefined,
    requestState: undefined,
    inputResponses: undefined,
    ...given,
  });

async function shown(options: GateOptions, shownPlan = plan): Promise<string> {
  const decision = await decide(options, {}, shownPlan);
  if (decision.kind !== 'show') throw new Error(`expected a code, got ${decision.kind}`);
  return decision.code;
}

async function refusal(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => {
      if (!isToolError(error)) throw error;
      return `${error.code}: ${error.message}. ${error.hint ?? ''}`;
    },
  );
}

describe('the second factor of a destructive change', () => {
  it('is asked for by code even where forms, or no confirmation at all, are the way', async () => {
    for (const mode of ['auto', 'form', 'never', 'code'] as const) {
      expect(await decide(world(1, { mode }).options)).toMatchObject({ kind: 'show', needsApprovals: 1 });
    }
  });

  it('is not taken for unwanted when two people are asked for and none is named', async () => {
    const { options } = world(2, { secondFactor: { approvers: undefined, needed: 2 } });
    expect(await refusal(decide(options))).toBe(
      'not_configured: MCP_APPROVALS asks for 2 approvers and MCP_APPROVAL_TOTP has 0. Add an approver to MCP_APPROVAL_TOTP, or lower MCP_APPROVALS.',
    );
  });

  it('is missing: the refusal names the command, and the code stays good', async () => {
    const { options, now } = world();
    const confirm = await shown(options);
    expect(await refusal(decide(options, { confirm }))).toBe(
      `approval_required: this change needs 1 approval. An approver runs: mcp-x approve ${confirm}  Then call again with the same confirm. (MCP_APPROVAL_TOTP asks for this.)`,
    );
    expect(await decide(options, { confirm, approval: password('alice', now) })).toMatchObject({
      kind: 'apply',
      how: 'code',
      approvers: ['alice'],
    });
  });

  it('is given on the terminal, where the plan is shown as the server made it', async () => {
    const { options, now } = world();
    const code = await shown(options);
    const { observed: _unseen, ...visible } = plan;
    expect(await pendingPlan({ ...options, code })).toEqual({
      tool: 'x_drop',
      environment: 'production',
      plan: visible,
      expiresAt: start + 10 * minute,
    });
    expect(await approvePlan({ ...options, code, otp: password('bob', now) })).toMatchObject({
      tool: 'x_drop',
      approver: 'bob',
      approvers: ['bob'],
      needed: 1,
    });
    expect(await decide(options, { confirm: code })).toMatchObject({ kind: 'apply', approvers: ['bob'] });
    expect(await refusal(pendingPlan({ ...options, code }))).toContain('confirm_used');
  });

  it('of two people takes two, in either way, and not one person twice', async () => {
    const made = world(2);
    const code = await shown(made.options);
    await approvePlan({ ...made.options, code, otp: password('alice', made.now) });
    made.now += minute;
    const twice = decide(made.options, { confirm: code, approval: password('alice', made.now) });
    expect(await refusal(twice)).toContain('approval_required: this change needs 2 approvals; so far alice.');
    expect(await decide(made.options, { confirm: code, approval: password('bob', made.now) })).toMatchObject({
      approvers: ['alice', 'bob'],
    });
  });

  it('of two people may come in one call', async () => {
    const { options, now } = world(2);
    const confirm = await shown(options);
    const approval = `${password('bob', now)}, ${password('alice', now)}`;
    expect(await decide(options, { confirm, approval })).toMatchObject({ approvers: ['alice', 'bob'] });
  });

  it('holds for one plan only', async () => {
    const { options, now } = world();
    const [first, second] = [await shown(options), await shown(options)];
    await approvePlan({ ...options, code: first, otp: password('alice', now) });
    expect(await refusal(decide(options, { confirm: second }))).toContain('approval_required');
  });

  it('is not spent on a plan that has changed', async () => {
    const { options, now } = world();
    const confirm = await shown(options);
    const changed = { ...plan, observed: { size: 2 } };
    const otp = password('alice', now);
    const renewed = await decide(options, { confirm, approval: otp }, changed);
    expect(renewed).toMatchObject({ kind: 'show', reason: 'stale' });
    const code = renewed.kind === 'show' ? renewed.code : '';
    expect(await decide(options, { confirm: code, approval: otp }, changed)).toMatchObject({ kind: 'apply' });
  });

  it('works once for each password, also in another process and at the same time', async () => {
    const { options, now } = world();
    const codes = [await shown(options), await shown(options), await shown(options)];
    const otp = password('alice', now);
    const outcomes = await Promise.all(codes.map((code) => refusal(approvePlan({ ...options, code, otp }))));
    expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome?.includes('used already'))).toHaveLength(2);
  });

  it('does not work with an older password once the clock was set back', async () => {
    const made = world();
    const old = password('alice', made.now);
    made.now += 5 * minute;
    await approvePlan({ ...made.options, code: await shown(made.options), otp: password('alice', made.now) });
    made.now = start;
    const again = approvePlan({ ...made.options, code: await shown(made.options), otp: old });
    expect(await refusal(again)).toContain('or a later one, was used already');
  });

  it('cannot be written into the state folder by hand', async () => {
    const { options } = world();
    const code = await shown(options);
    const folder = join(options.stateDir, 'approvals');
    const planFile = (await readdir(folder)).find((name) => name.endsWith('-plan')) ?? '';
    await writeFile(join(folder, planFile.replace(/plan$/, 'by-alice')), 'ff'.repeat(32));
    expect(await refusal(decide(options, { confirm: code }))).toContain('approval_required');
    const text = await readFile(join(folder, planFile), 'utf8');
    await writeFile(join(folder, planFile), text.replace('orders_old', 'orders_new'));
    expect(await refusal(pendingPlan({ ...options, code }))).toContain('confirm_invalid');
  });
});

describe('wrong one-time passwords', () => {
  it('are refused; the fifth locks approvals for fifteen minutes, right ones too', async () => {
    const made = world();
    const code = await shown(made.options);
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const outcome = await refusal(approvePlan({ ...made.options, code, otp: wrongPassword(made.now) }));
      expect(outcome).toContain('approval_invalid: the one-time password is wrong');
    }
    const locked = await refusal(decide(made.options, { confirm: code, approval: password('bob', made.now) }));
    expect(locked).toContain('locked until 2027-01-15T08:15:00Z');
    made.now = start + 15 * minute;
    const fresh = await shown(made.options);
    expect(
      await refusal(approvePlan({ ...made.options, code: fresh, otp: password('bob', made.now) })),
    ).toBeUndefined();
  });

  it('tried in parallel get no more than five looks', async () => {
    const { options, now } = world();
    const code = await shown(options);
    const tries = Array.from({ length: 20 }, () => refusal(approvePlan({ ...options, code, otp: wrongPassword(now) })));
    const outcomes = await Promise.all(tries);
    expect(outcomes.filter((outcome) => outcome?.includes('is wrong')).length).toBeLessThanOrEqual(5);
    expect(outcomes.every((outcome) => outcome?.startsWith('approval_invalid'))).toBe(true);
  });

  it('of another form are refused without counting', async () => {
    const { options, now } = world();
    const code = await shown(options);
    for (const otp of ['', '12345', 'abcdef', '1234567', '１２３４５６', '12345\n']) {
      expect(await refusal(approvePlan({ ...options, code, otp }))).toContain('not six digits');
    }
    expect(await refusal(approvePlan({ ...options, code, otp: password('bob', now) }))).toBeUndefined();
  });

  it('lock for fifteen minutes from any fifth within fifteen, as a plain count says', () => {
    const times = fc.array(fc.integer({ min: 0, max: 40 * minute }), { maxLength: 12 });
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: 60 * minute }), (given, now) => {
        const locked = given.some((fifth) => {
          const before = given.filter((time) => time <= fifth && fifth - time < 15 * minute);
          return before.length >= 5 && now < fifth + 15 * minute;
        });
        expect(lockEnd(given, now) !== undefined).toBe(locked);
      }),
      { numRuns: 500 },
    );
  });
});

describe('approve', () => {
  it('refuses what is no code, is late, or waits elsewhere', async () => {
    const made = world();
    const code = await shown(made.options);
    expect(await refusal(pendingPlan({ ...made.options, code: 'plan_x' }))).toContain('confirm_invalid');
    expect(await refusal(pendingPlan({ ...world().options, code }))).toContain('CINECOM_STATE_DIR');
    made.now += 10 * minute;
    expect(await refusal(pendingPlan({ ...made.options, code }))).toContain('confirm_expired');
  });

  it.each([
    [undefined, 1, 'asks for no approvals'],
    ['alice', 1, 'entry 1 is not name:BASE32'],
    ['alice:ABCD2345', 1, 'at least 16'],
    [`alice:${secrets.alice}`, 2, 'MCP_APPROVALS asks for 2'],
    [`alice:${secrets.alice},Alice:${secrets.bob}`, 1, 'a name twice'],
    [`alice:${secrets.alice},bob:${secrets.alice}`, 2, 'share one secret'],
  ])('with approvers that cannot work says what to set and no secret (%#)', async (approvers, needed, text) => {
    const { options } = world(1, { secondFactor: { approvers, needed } });
    const outcome = await refusal(pendingPlan({ ...options, code: 'plan_x' }));
    expect(outcome).toContain('not_configured');
    expect(outcome).toContain(text);
    expect(outcome).not.toMatch(/ABCDABCD|WXYZWXYZ/);
  });
});
