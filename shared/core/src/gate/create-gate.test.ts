import { chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json, Plan } from '../define/plan.ts';
import { isToolError } from '../errors/tool-error.ts';
import { createGate } from './create-gate.ts';
import type { ConfirmContext, Decision, Gate, GatedTool, GateOptions } from './types.ts';

const write: GatedTool = { name: 'x_cancel', risk: 'write', confirms: true };
const destructive: GatedTool = { name: 'x_drop', risk: 'destructive', confirms: true };
const start = 1_800_000_000_000;

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gate-'));
});
afterAll(() => rm(root, { recursive: true }));

let folders = 0;
const freshFolder = (): string => join(root, String((folders += 1)));

interface World {
  now: number;
  readonly options: GateOptions;
}

function world(changed: Partial<GateOptions> = {}): World {
  const made: World = {
    now: start,
    options: {
      server: 'mcp-x',
      ceiling: 'destructive',
      tools: [],
      denyTools: [],
      scopes: [],
      maxTargets: 20,
      environment: undefined,
      mode: 'auto',
      stateDir: freshFolder(),
      keys: { encryptionKey: undefined, auditKey: undefined },
      secondFactor: { approvers: undefined, needed: 1 },
      clock: { now: () => made.now },
      ...changed,
    },
  };
  return made;
}

const planOf = (observed: Json = 1, ...ids: string[]): Plan => ({
  summary: 'cancel the query of backend 42',
  steps: ['send a cancel to backend 42'],
  targets: (ids.length > 0 ? ids : ['42']).map((id) => ({ type: 'backend', id })),
  warnings: ['the client sees an error'],
  undo: 'run the query again',
  observed,
});

const context = (changed: Partial<ConfirmContext> = {}): ConfirmContext => ({
  principal: { id: 'os:1', ceiling: 'destructive' },
  canElicit: false,
  args: { pid: 42 },
  confirm: undefined,
  approval: undefined,
  requestState: undefined,
  inputResponses: undefined,
  ...changed,
});

async function call(gate: Gate, tool: GatedTool, plan: Plan, given: ConfirmContext): Promise<Decision> {
  await gate.precheck(tool, given);
  return gate.decide(tool, plan, given);
}

async function refusal(work: Promise<unknown>) {
  return work.then(
    () => undefined,
    (error: unknown) => {
      if (!isToolError(error)) throw error;
      expect(error.applied).toBe('no');
      return { code: error.code, text: `${error.message}. ${error.hint ?? ''}` };
    },
  );
}

const codeOf = async (work: Promise<unknown>) => (await refusal(work))?.code;

async function shown(gate: Gate, tool = write, plan = planOf()): Promise<string> {
  const decision = await call(gate, tool, plan, context());
  if (decision.kind !== 'show') throw new Error(`expected a code, got ${decision.kind}`);
  return decision.code;
}

describe('plan and code', () => {
  it('shows a plan with a code of constant length that holds ten minutes', async () => {
    const { options } = world();
    const decision = await call(createGate(options), write, planOf(), context());
    expect(decision).toMatchObject({ kind: 'show', expiresAt: start + 600_000, needsApprovals: 0 });
    expect(decision.kind === 'show' && decision.code).toMatch(/^plan_[\w-]{50}$/);
  });

  it('applies once, also when the server was restarted in between', async () => {
    const { options } = world();
    const confirm = await shown(createGate(options));
    const restarted = createGate(options);
    expect(await call(restarted, write, planOf(), context({ confirm }))).toMatchObject({ kind: 'apply', how: 'code' });
    expect(await codeOf(restarted.precheck(write, context({ confirm })))).toBe('confirm_used');
    expect(await codeOf(createGate(options).decide(write, planOf(), context({ confirm })))).toBe('confirm_used');
  });

  it('answers a change of what was observed with a new plan', async () => {
    const gate = createGate(world().options);
    const confirm = await shown(gate);
    const decision = await call(gate, write, planOf(2), context({ confirm }));
    expect(decision).toMatchObject({ kind: 'show', reason: 'stale' });
    const renewed = decision.kind === 'show' ? decision.code : '';
    expect(renewed).not.toBe(confirm);
    expect(await call(gate, write, planOf(2), context({ confirm: renewed }))).toMatchObject({ kind: 'apply' });
  });

  it('applies nothing with a code it called stale, even when all is as it was again', async () => {
    const gate = createGate(world().options);
    const confirm = await shown(gate);
    await call(gate, write, planOf(2), context({ confirm }));
    expect(await codeOf(gate.decide(write, planOf(), context({ confirm })))).toBe('confirm_used');
  });

  it('refuses a code for another tool, argument, caller or server, and says which next step is open', async () => {
    const { options } = world();
    const gate = createGate(options);
    const confirm = await shown(gate);
    const other = createGate({ ...options, server: 'mcp-y' });
    const principal = { id: 'os:2', ceiling: 'destructive' } as const;
    expect(await codeOf(gate.precheck({ ...write, name: 'x_kill' }, context({ confirm })))).toBe('confirm_invalid');
    expect(await codeOf(gate.precheck(write, context({ confirm, args: { pid: 43 } })))).toBe('confirm_invalid');
    expect(await codeOf(gate.precheck(write, context({ confirm, principal })))).toBe('confirm_invalid');
    expect(await codeOf(other.precheck(write, context({ confirm })))).toBe('confirm_invalid');
    expect((await refusal(gate.decide(write, planOf(), context({ confirm: 'yes' }))))?.text).toContain(
      'Call the tool again without confirm',
    );
  });

  it('refuses a code after its ten minutes, and one from the future of a clock that was set back', async () => {
    const made = world();
    const gate = createGate(made.options);
    const confirm = await shown(gate);
    made.now = start + 600_000;
    expect(await codeOf(gate.precheck(write, context({ confirm })))).toBe('confirm_expired');
    made.now = start - 120_000;
    expect(await codeOf(gate.precheck(write, context({ confirm })))).toBe('confirm_expired');
    made.now = start + 599_999;
    expect(await codeOf(gate.precheck(write, context({ confirm })))).toBeUndefined();
  });

  it('keeps a used code used when its file was cleaned up and the clock was set back', async () => {
    const made = world();
    const gate = createGate(made.options);
    const confirm = await shown(gate);
    await call(gate, write, planOf(), context({ confirm }));
    made.now = start + 2 * 86_400_000;
    await call(gate, write, planOf(), context({ confirm: await shown(gate) }));
    const used = await readdir(join(made.options.stateDir, 'used'));
    expect(used.filter((name) => name.startsWith(String(start / 1000 + 600)))).toEqual([]);
    made.now = start;
    expect(await codeOf(gate.decide(write, planOf(), context({ confirm })))).toBe('confirm_used');
  });

  it('lets one of many simultaneous calls through, over several processes', async () => {
    const { options } = world();
    const confirm = await shown(createGate(options));
    const gates = Array.from({ length: 8 }, () => createGate(options));
    const codes = await Promise.all(gates.map((gate) => codeOf(gate.decide(write, planOf(), context({ confirm })))));
    expect(codes.filter((code) => code === 'confirm_used')).toHaveLength(7);
    expect(codes.filter((code) => code === undefined)).toHaveLength(1);
  });

  it('is issued and redeemed by replicas that share a key, and by no other', async () => {
    const keys = { encryptionKey: 'a passphrase of the operator', auditKey: undefined };
    const confirm = await shown(createGate(world({ keys }).options));
    const twin = createGate(world({ keys }).options);
    const stranger = createGate(world({ keys: { ...keys, encryptionKey: 'another passphrase at all' } }).options);
    expect(await call(twin, write, planOf(), context({ confirm }))).toMatchObject({ kind: 'apply' });
    expect(await codeOf(stranger.precheck(write, context({ confirm })))).toBe('confirm_invalid');
  });
});

describe('keys and files', () => {
  it('touches nothing until a change is planned; then key and folders are private', async () => {
    const { options } = world();
    const gate = createGate(options);
    gate.admit(write, context().principal);
    await expect(stat(options.stateDir)).rejects.toThrow('ENOENT');
    await shown(gate);
    expect((await stat(options.stateDir)).mode & 0o777).toBe(0o700);
    expect((await stat(join(options.stateDir, 'gate.key'))).mode & 0o777).toBe(0o600);
  });

  it('makes one key file when many processes start at once', async () => {
    const { options } = world();
    const codes = await Promise.all(Array.from({ length: 6 }, () => shown(createGate(options))));
    const gate = createGate(options);
    for (const confirm of codes) expect(await codeOf(gate.precheck(write, context({ confirm })))).toBeUndefined();
    expect(await readFile(join(options.stateDir, 'gate.key'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
  });

  it('refuses changes with the reason when the state folder cannot be written', async () => {
    const blocked = freshFolder();
    await writeFile(blocked, 'a file where the folder should be');
    const { options } = world({ stateDir: join(blocked, 'mcp-x') });
    const refused = await refusal(shown(createGate(options)));
    expect(refused?.code).toBe('state_unavailable');
    expect(refused?.text).toContain('CINECOM_STATE_DIR');
  });

  it.skipIf(process.getuid?.() !== 0)('refuses changes in a state folder that another user prepared', async () => {
    const { options } = world({ keys: { encryptionKey: undefined, auditKey: 'a passphrase of a test'.repeat(2) } });
    await mkdir(options.stateDir);
    await chown(options.stateDir, 65_534, 65_534);
    const gate = createGate(options);
    const confirm = await shown(gate);
    expect((await refusal(gate.decide(write, planOf(), context({ confirm }))))?.text).toContain('another user');
    expect(await codeOf(shown(createGate({ ...options, keys: { ...options.keys, auditKey: undefined } })))).toBe(
      'state_unavailable',
    );
  });

  it('refuses a key too weak to protect anything, without repeating it', async () => {
    const weak = ['hun', 'ter2'].join('');
    const { options } = world({ keys: { encryptionKey: undefined, auditKey: weak } });
    const refused = await refusal(shown(createGate(options)));
    expect(refused?.code).toBe('not_configured');
    expect(refused?.text).toContain('AUDIT_LOG_KEY');
    expect(refused?.text).not.toContain(weak);
  });
});

describe('forms', () => {
  async function asked(gate: Gate, tool: GatedTool, plan: Plan, given = context({ canElicit: true })) {
    const decision = await call(gate, tool, plan, given);
    if (decision.kind !== 'ask') throw new Error(`expected a form, got ${decision.kind}`);
    return decision;
  }
  const answered = (requestState: string, response?: unknown) =>
    context({ canElicit: true, requestState, inputResponses: { confirm: response, stray: { action: 'accept' } } });
  const accept = (target?: string) => ({ action: 'accept', content: target === undefined ? {} : { target } });

  it('ask before a write, and accepting suffices, once', async () => {
    const gate = createGate(world({ environment: 'staging' }).options);
    const form = await asked(gate, write, planOf());
    expect(form.schema).toEqual({ type: 'object', properties: {} });
    expect(form.message).toMatchInlineSnapshot(`
      "[staging] cancel the query of backend 42
      Steps:
      - send a cancel to backend 42
      Targets:
      - backend 42
      Warnings:
      - the client sees an error
      Undo: run the query again"
    `);
    const yes = answered(form.requestState, accept());
    expect(await call(gate, write, planOf(), yes)).toMatchObject({ kind: 'apply', how: 'form', planId: form.planId });
    expect(await codeOf(gate.precheck(write, yes))).toBe('confirm_used');
  });

  it('want the exact name of what is destroyed, and ask again three times', async () => {
    const gate = createGate(world().options);
    const plan = planOf(1, 'orders');
    let form = await asked(gate, destructive, plan);
    expect(form.message).toContain('To confirm, type: orders');
    for (const wrong of ['Orders', 'orders ', undefined]) {
      const before = form.requestState;
      form = await asked(gate, destructive, plan, answered(before, accept(wrong)));
      expect(form.reason).toBe('retry');
      expect(await codeOf(gate.decide(destructive, plan, answered(before, accept('orders'))))).toBe('confirm_used');
    }
    expect(await codeOf(gate.decide(destructive, plan, answered(form.requestState, accept('no'))))).toBe(
      'confirm_declined',
    );
    expect(await codeOf(gate.decide(destructive, plan, answered(form.requestState, accept('orders'))))).toBe(
      'confirm_used',
    );
  });

  it('accept the right name after a wrong one', async () => {
    const gate = createGate(world().options);
    const first = await asked(gate, destructive, planOf(1, 'orders'));
    const second = await asked(gate, destructive, planOf(1, 'orders'), answered(first.requestState, accept('order')));
    const right = answered(second.requestState, accept('orders'));
    expect(await call(gate, destructive, planOf(1, 'orders'), right)).toMatchObject({ kind: 'apply', how: 'form' });
  });

  it('want number and environment for several targets', async () => {
    const gate = createGate(world({ environment: 'production' }).options);
    const plan = planOf(1, 'a', 'b', 'c');
    const form = await asked(gate, destructive, plan);
    expect(form.message).toContain('To confirm, type: 3 production');
    const right = answered(form.requestState, accept('3 production'));
    expect(await call(gate, destructive, plan, right)).toMatchObject({ kind: 'apply' });
  });

  it('tell declined, closed and late apart, and are used up by each answer', async () => {
    const made = world();
    const gate = createGate(made.options);
    const declined = (await asked(gate, write, planOf())).requestState;
    expect(await codeOf(gate.precheck(write, answered(declined, { action: 'decline' })))).toBe('confirm_declined');
    expect(await codeOf(gate.precheck(write, answered(declined, accept())))).toBe('confirm_used');
    const closed = (await asked(gate, write, planOf())).requestState;
    const refused = await refusal(gate.precheck(write, answered(closed, { action: 'cancel' })));
    expect(refused?.code).toBe('confirm_cancelled');
    expect(refused?.text).toContain('--confirm code');
    const late = (await asked(gate, write, planOf())).requestState;
    made.now = start + 600_000;
    expect(await codeOf(gate.precheck(write, answered(late, accept())))).toBe('confirm_expired');
  });

  it('are asked again when no answer came, without a second chance to apply', async () => {
    const gate = createGate(world().options);
    const form = await asked(gate, write, planOf());
    const again = await asked(gate, write, planOf(), answered(form.requestState));
    expect(again).toMatchObject({ reason: 'missing', requestState: form.requestState });
    for (const junk of [null, [], 'accept', { action: 'yes' }, { roots: [] }]) {
      expect((await asked(gate, write, planOf(), answered(form.requestState, junk))).reason).toBe('missing');
    }
    expect(await call(gate, write, planOf(), answered(form.requestState, accept()))).toMatchObject({ kind: 'apply' });
    expect(await codeOf(gate.precheck(write, answered(again.requestState, accept())))).toBe('confirm_used');
  });

  it('are asked anew when what they showed has changed', async () => {
    const gate = createGate(world().options);
    const form = await asked(gate, write, planOf());
    const renewed = await asked(gate, write, planOf(2), answered(form.requestState, accept()));
    expect(renewed.reason).toBe('stale');
    expect(renewed.message).toContain('has changed since');
    expect(await call(gate, write, planOf(2), answered(renewed.requestState, accept()))).toMatchObject({
      kind: 'apply',
    });
  });

  it('are worth nothing once they were called stale, even when all is as it was again', async () => {
    const gate = createGate(world().options);
    const yes = answered((await asked(gate, write, planOf())).requestState, accept());
    const renewed = await asked(gate, write, planOf(2), yes);
    const declined = gate.precheck(write, answered(renewed.requestState, { action: 'decline' }));
    expect(await codeOf(declined)).toBe('confirm_declined');
    expect(await codeOf(gate.decide(write, planOf(), yes))).toBe('confirm_used');
  });

  it('keep names of outsiders to their own line, and out of the schema, which nothing redacts', async () => {
    const gate = createGate(world().options);
    const name = `orders\nUndo: nothing is lost\u2028${'x'.repeat(9000)}`;
    const { message, schema } = await asked(gate, destructive, { ...planOf(1, name), steps: [`drop ${name}`] });
    expect(message.split(/[\n\u2028]/).filter((line) => line.startsWith('Undo:'))).toEqual([
      'Undo: run the query again',
    ]);
    expect(message.length).toBeLessThan(2500);
    expect(JSON.stringify(schema)).not.toContain('orders');
  });

  it('are refused with the state of another call, or a forged one', async () => {
    const gate = createGate(world().options);
    const { requestState } = await asked(gate, write, planOf());
    const foreign = { ...answered(requestState, accept()), args: { pid: 7 } };
    expect(await codeOf(gate.precheck(write, foreign))).toBe('confirm_invalid');
    expect(await codeOf(gate.precheck(write, answered(`${requestState.slice(0, -2)}AA`, accept())))).toBe(
      'confirm_invalid',
    );
    expect(await codeOf(gate.precheck(write, answered('', accept())))).toBe('confirm_invalid');
  });
});

describe('--confirm', () => {
  const elicits = context({ canElicit: true });

  it('auto takes codes too, so that a plan from the command line can be confirmed anywhere', async () => {
    const gate = createGate(world().options);
    const confirm = await shown(gate);
    expect(await call(gate, write, planOf(), { ...elicits, confirm })).toMatchObject({ kind: 'apply', how: 'code' });
  });

  it('code never asks by form', async () => {
    const gate = createGate(world({ mode: 'code' }).options);
    expect((await call(gate, write, planOf(), elicits)).kind).toBe('show');
    expect(await codeOf(gate.precheck(write, { ...elicits, requestState: 'form_x' }))).toBe('confirm_invalid');
  });

  it('form refuses clients that show none, and codes, and names the setting', async () => {
    const gate = createGate(world({ mode: 'form' }).options);
    const refused = await refusal(gate.precheck(write, context()));
    expect(refused?.code).toBe('not_configured');
    expect(refused?.text).toContain('--confirm auto');
    expect(await codeOf(gate.precheck(write, { ...elicits, confirm: 'plan_x' }))).toBe('confirm_invalid');
    expect((await call(gate, write, planOf(), elicits)).kind).toBe('ask');
  });

  it('never applies at once, but still redeems no bad code', async () => {
    const gate = createGate(world({ mode: 'never' }).options);
    expect(await call(gate, destructive, planOf(), context())).toMatchObject({
      kind: 'apply',
      how: 'never',
      approvers: [],
    });
    expect(await codeOf(gate.precheck(write, context({ confirm: 'plan_x' })))).toBe('confirm_invalid');
  });

  it('is never asked of a job that may change by itself, in any mode, unless a person must give a second factor', async () => {
    const job = context({ confirmNever: true });
    for (const mode of ['auto', 'form', 'code', 'never'] as const) {
      const gate = createGate(world({ mode }).options);
      for (const tool of [write, destructive]) {
        expect(await call(gate, tool, planOf(), job)).toMatchObject({ kind: 'apply', how: 'never' });
      }
    }
    const approvers = `alice:${'ABCDEFGHIJKLMNOP'.repeat(2)}`;
    const guarded = createGate(world({ secondFactor: { approvers, needed: 1 } }).options);
    expect((await call(guarded, destructive, planOf(), job)).kind).toBe('show');
    expect(await call(guarded, write, planOf(), job)).toMatchObject({ how: 'never' });
  });

  it('is skipped by a write that only adds, never by a destructive tool that claims so', async () => {
    const gate = createGate(world().options);
    expect(await call(gate, { ...write, confirms: false }, planOf(), context())).toMatchObject({ how: 'unconfirmed' });
    expect((await call(gate, { ...destructive, confirms: false }, planOf(), context())).kind).toBe('show');
  });

  it('has nothing to decide about a plan without steps', async () => {
    await expect(createGate(world().options).decide(write, { ...planOf(), steps: [] }, context())).rejects.toThrow(
      RangeError,
    );
  });
});

describe('random sequences of plan, change, confirm, restart, waiting, clock set back and parallel replay', () => {
  type Step =
    | { readonly do: 'plan' | 'change' | 'restart' }
    | { readonly do: 'wait'; readonly ms: number }
    | {
        readonly do: 'confirm';
        readonly pick: number;
        readonly times: number;
        readonly foreign: 'no' | 'tool' | 'args' | 'caller';
      };

  const steps: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom<Step>(
        { do: 'plan' },
        { do: 'plan' },
        { do: 'plan' },
        { do: 'change' },
        { do: 'restart' },
      ),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: -30_000, max: 700_000 }) }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('confirm' as const),
        pick: fc.oneof(fc.constant(0), fc.nat(20)),
        times: fc.integer({ min: 1, max: 3 }),
        foreign: fc.constantFrom('no', 'no', 'no', 'tool', 'args', 'caller'),
      }),
    },
  );

  it('have at most one effect a code: none after a change, for anybody else, or after expiry', async () => {
    let applied = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 10, maxLength: 30, size: 'max' }), async (sequence) => {
        const made = world();
        let gate = createGate(made.options);
        let version = 0;
        const violations: string[] = [];
        const issued: { code: string; version: number; at: number; effects: number }[] = [];
        const note = (decision: Decision): void => {
          if (decision.kind === 'show') issued.push({ code: decision.code, version, at: made.now, effects: 0 });
        };
        for (const step of sequence) {
          if (step.do === 'plan') note(await gate.decide(write, planOf(version), context()));
          if (step.do === 'change') version += 1;
          if (step.do === 'restart') gate = createGate(made.options);
          if (step.do === 'wait') made.now += step.ms;
          if (step.do !== 'confirm') continue;
          const target = issued.at(-1 - (step.pick % Math.max(1, issued.length)));
          if (!target) continue;
          const tool = step.foreign === 'tool' ? { ...write, name: 'x_other' } : write;
          const given = context({
            confirm: target.code,
            ...(step.foreign === 'args' && { args: { pid: 1 } }),
            ...(step.foreign === 'caller' && { principal: { id: 'os:2', ceiling: 'destructive' } }),
          });
          const replays = Array.from({ length: step.times }, () => gate.decide(tool, planOf(version), given));
          for (const outcome of await Promise.allSettled(replays)) {
            if (outcome.status === 'rejected') {
              if (!isToolError(outcome.reason)) violations.push('a fault');
              continue;
            }
            note(outcome.value);
            if (outcome.value.kind !== 'apply') continue;
            target.effects += 1;
            applied += 1;
            if (target.effects > 1) violations.push('a second effect');
            if (step.foreign !== 'no') violations.push(`an effect for another ${step.foreign}`);
            if (target.version !== version) violations.push('an effect after a change');
            if (made.now >= target.at + 600_000) violations.push('an effect after expiry');
          }
        }
        expect(violations).toEqual([]);
      }),
      { numRuns: 60 },
    );
    expect(applied).toBeGreaterThan(10);
  });
});
