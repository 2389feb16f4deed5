import type { CallToolResult, Tool } from '@modelcontextprotocol/client';
import { describe, expect, it } from 'vitest';
import { isObject, type JsonObject } from '../json.ts';
import { parseRunbook } from '../runbook/read-runbook.ts';
import type { CallOptions, OpenServer } from '../servers/open-server.ts';
import type { RunContext, RunEvent } from './context.ts';
import { exitCodeOf, type FailOn } from './exit-codes.ts';
import { runSteps } from './run-steps.ts';
import { createSlots } from './slots.ts';
import type { RunRecord, StepRecord } from './types.ts';
import { overall } from './verdict.ts';

type Answer = (args: JsonObject, options: CallOptions) => CallToolResult | Promise<CallToolResult>;

const data = (structuredContent: object): CallToolResult => ({
  content: [],
  structuredContent: { ...structuredContent },
});
const failure = (code: string, more: object = {}): CallToolResult => ({
  isError: true,
  content: [{ type: 'text', text: `${code}: it went wrong` }],
  _meta: { 'cinecom/error': { code, retryable: false, applied: 'no', ...more } },
});
const reading = { readOnlyHint: true };
const confirm = { type: 'string', description: 'Code from the plan that the first call without it returns.' };

interface Setup {
  readonly answers: Readonly<Record<string, Answer>>;
  /** Tools that change something; with `plans` in their name, after a plan. */
  readonly changing?: readonly string[];
  readonly confirm?: RunContext['confirm'];
  readonly signal?: AbortSignal;
  readonly concurrency?: number;
}

/** Runs steps against a server in memory: what the scheduler does is looked at, not the wire. */
async function run(
  steps: string,
  setup: Setup,
): Promise<{ records: readonly StepRecord[]; calls: string[]; events: RunEvent[] }> {
  const runbook = await parseRunbook(
    `title: T\ninputs: { limit: { type: number, default: 5 } }\nsteps:\n${steps.replaceAll(/^\s+/gm, '')}`,
    't.yaml',
  );
  const calls: string[] = [];
  const events: RunEvent[] = [];
  const toolOf = (name: string): Tool => ({
    name,
    inputSchema: { type: 'object', properties: name.includes('plans') ? { confirm } : {} },
    ...(setup.changing?.includes(name) ? {} : { annotations: reading }),
  });
  const server: OpenServer = {
    name: 's',
    identity: { name: 's', version: '1' },
    protocol: '2026-07-28',
    pid: undefined,
    tools: new Map(Object.keys(setup.answers).map((name) => [name, toolOf(name)])),
    stderr: () => '',
    close: async () => undefined,
    async call(tool, args, options) {
      calls.push(`${tool} ${JSON.stringify(args)}`);
      const answer = setup.answers[tool];
      if (answer === undefined) throw new Error(`unknown tool ${tool}`);
      return answer(args as JsonObject, options);
    },
  };
  const context: RunContext = {
    servers: { open: new Map([['s', server]]), missing: new Map(), [Symbol.asyncDispose]: async () => undefined },
    inputs: new Map([['limit', 5]]),
    traceId: '0'.repeat(31) + '1',
    signal: setup.signal ?? new AbortController().signal,
    clock: { now: () => 0, monotonic: () => 0 },
    inSlot: createSlots(setup.concurrency ?? 4),
    observe: (event) => events.push(event),
    confirm: setup.confirm,
  };
  return { records: await runSteps(context, runbook), calls, events };
}

const statuses = (records: readonly StepRecord[]): string =>
  records.map(({ id, status }) => `${id} ${status}`).join(', ');

describe('steps', () => {
  it('run at the same time where nothing lies between them, at most as many as there are slots', async () => {
    let now = 0;
    let most = 0;
    const answer: Answer = async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return data({});
    };
    const steps = ['a', 'b', 'c', 'd', 'e'].map((id) => `- { id: ${id}, server: s, tool: t }`).join('\n');
    await run(steps, { answers: { t: answer }, concurrency: 3 });
    expect(most).toBe(3);
  });

  it('hand results on, and ask for them as data within one trace', async () => {
    let meta: CallOptions['meta'] = {};
    const { calls } = await run(
      `- { id: a, server: s, tool: list, save: { first: '\${{ result.rows[0] }}' } }
       - { id: b, server: s, tool: look, input: { row: '\${{ saved.first }}', all: '\${{ steps.a.rows }}', text: 'of \${{ inputs.limit }}' } }`,
      {
        answers: {
          list: (_args, options) => {
            ({ meta } = options);
            return data({ rows: [{ id: 1 }, { id: 2 }] });
          },
          look: () => data({}),
        },
      },
    );
    expect(calls).toEqual(['list {}', 'look {"row":{"id":1},"all":[{"id":1},{"id":2}],"text":"of 5"}']);
    expect(meta['cinecom/results']).toBe('structured');
    expect(meta['traceparent']).toMatch(/^00-0{31}1-[0-9a-f]{16}-01$/);
  });

  it('that would use what is not there fail, instead of asking about everything', async () => {
    const { calls, records } = await run(
      `- { id: a, server: s, tool: list }
       - { id: b, server: s, tool: look, input: { table: '\${{ steps.a.tabel }}' } }
       - { id: c, server: s, tool: look, input: { table: '\${{ default(steps.a.tabel, null) }}' } }
       - { id: d, server: s, tool: look, input: { table: '\${{ steps.a.none }}' } }`,
      { answers: { list: () => data({ table: 'x', none: null }), look: () => data({}) } },
    );
    expect(statuses(records)).toBe('a ok, b failed, c ok, d ok');
    expect(records[1]?.calls[0]?.error).toMatchObject({
      code: 'missing_value',
      message: 'steps.a.tabel is not there; where that is fine, write default(steps.a.tabel, null)',
    });
    expect(calls).toEqual(['list {}', 'look {}', 'look {}']);
  });

  it('are skipped by their condition, and with the step whose result they would use', async () => {
    const { records } = await run(
      `- { id: a, server: s, tool: t, when: inputs.limit > 9, save: { x: '\${{ result.x }}' } }
       - { id: b, server: s, tool: t, input: { x: '\${{ steps.a.x }}' } }
       - { id: c, server: s, tool: t, input: { x: '\${{ saved.x }}' } }
       - { id: d, server: s, tool: t, when: steps.a.x == null }
       - { id: e, server: s, tool: t, foreach: steps.a.list, input: { x: '\${{ item }}' } }`,
      { answers: { t: () => data({ x: 1 }) } },
    );
    expect(records.map(({ id, reason, status }) => [id, status, reason?.code])).toEqual([
      ['a', 'skipped', 'condition'],
      ['b', 'skipped', 'needs_skipped'],
      ['c', 'skipped', 'needs_skipped'],
      ['d', 'ok', undefined],
      ['e', 'skipped', 'empty_list'],
    ]);
  });

  it('go through the first fifty items of a list, and know how many were left', async () => {
    const { calls, records } = await run(
      `- { id: a, server: s, tool: list }
       - { id: b, server: s, tool: look, foreach: steps.a.rows, input: { row: '\${{ item }}', at: '\${{ index }}' } }
       - { id: c, server: s, tool: look, foreach: steps.a.no, input: {} }`,
      {
        answers: {
          list: () => data({ rows: Array.from({ length: 60 }, (_, i) => i), no: 'text' }),
          look: (args) => data(args),
        },
      },
    );
    expect(calls.filter((call) => call.startsWith('look'))).toHaveLength(50);
    expect(records[1]).toMatchObject({ status: 'ok', itemsCut: 10 });
    expect(records[1]?.calls[49]?.result).toEqual({ row: 49, at: 49 });
    expect(records[2]).toMatchObject({ status: 'failed', reason: { code: 'no_list' } });
  });

  it('fail alone; those that refer to them are not run, and with onError: stop nothing more begins', async () => {
    const { records } = await run(
      `- { id: a, server: s, tool: bad }
       - { id: b, server: s, tool: t, needs: [a] }
       - { id: c, server: s, tool: t }
       - { id: d, server: s, tool: bad, needs: [c], onError: stop }
       - { id: e, server: s, tool: t, when: "steps.d == null" }
       - { id: f, server: s, tool: t, needs: [e] }`,
      { answers: { bad: () => failure('backend_unreachable', { retryable: true }), t: () => data({}) } },
    );
    expect(statuses(records)).toBe('a failed, b blocked, c ok, d failed, e blocked, f blocked');
    expect(records[0]?.calls[0]?.error).toEqual({
      code: 'backend_unreachable',
      message: 'backend_unreachable: it went wrong',
      retryable: true,
      applied: 'no',
    });
    expect(records.map((record) => record.reason)).toMatchObject([
      undefined,
      { step: 'a' },
      undefined,
      undefined,
      { step: 'd' },
      { step: 'd' },
    ]);
  });

  it('that came too fast are called again when the server says so, changing ones never', async () => {
    let times = 0;
    const answer: Answer = () =>
      (times += 1) < 3 ? failure('rate_limited', { retryable: true, retryAfterMs: 50 }) : data({});
    const { records } = await run('- { id: a, server: s, tool: t }', { answers: { t: answer } });
    expect([times, statuses(records)]).toEqual([3, 'a ok']);
    times = 0;
    const setup = { answers: { plans_t: answer }, changing: ['plans_t'] };
    expect(statuses((await run('- { id: a, server: s, tool: plans_t }', setup)).records)).toBe('a failed');
    expect(times).toBe(1);
  });
});

describe('a change', () => {
  const plan = { 'cinecom/plan': { confirm: 'plan_1', expiresAt: 0, needsApprovals: 0 } };
  const shown = {
    plan: {
      summary: 'end session 7',
      steps: ['signal 7'],
      targets: [{ type: 'backend', id: '7' }],
      warnings: ['it holds locks'],
      undo: 'none',
    },
  };
  const answers = {
    plans_kill: (args: JsonObject) =>
      args['confirm'] === 'plan_1' ? data({ ended: true }) : { ...data(shown), _meta: plan },
  };
  const steps = `- { id: kill, server: s, tool: plans_kill, input: { pid: 7 } }`;

  it('stays a plan with its code where nobody can be asked', async () => {
    const { calls, records } = await run(steps, { answers, changing: ['plans_kill'] });
    expect(statuses(records)).toBe('kill planned');
    expect(records[0]?.calls[0]?.plan).toEqual({
      text: 'end session 7\n1. signal 7\nTargets: backend 7\nWarning: it holds locks\nUndo: none',
      confirm: 'plan_1',
      expiresAt: 0,
    });
    expect(calls).toEqual(['plans_kill {"pid":7}']);
  });

  it.each([
    [true, 'kill ok', ['plans_kill {"pid":7}', 'plans_kill {"pid":7,"confirm":"plan_1"}']],
    [false, 'kill planned', ['plans_kill {"pid":7}']],
  ])('is done when a person who saw the plan agrees: %s', async (agrees, status, expected) => {
    const { calls, records } = await run(steps, { answers, changing: ['plans_kill'], confirm: async () => agrees });
    expect(statuses(records)).toBe(status);
    expect(calls).toEqual(expected);
  });

  it('of a tool that makes no plan is not even sent before a person agrees', async () => {
    const setup = { answers: { drop: () => data({}) }, changing: ['drop'] };
    const refused = await run('- { id: d, server: s, tool: drop }', setup);
    expect([statuses(refused.records), refused.calls]).toEqual(['d planned', []]);
    const agreed = await run('- { id: d, server: s, tool: drop }', { ...setup, confirm: async () => true });
    expect([statuses(agreed.records), agreed.calls]).toEqual(['d ok', ['drop {}']]);
  });

  it('whose answer is lost is of unknown outcome', async () => {
    const lost = Object.assign(new Error('Connection closed'), { code: 'CONNECTION_CLOSED' });
    const answer: Answer = () => Promise.reject(lost);
    const { records } = await run(steps, { answers: { plans_kill: answer }, changing: ['plans_kill'] });
    expect(records[0]?.calls[0]?.error).toMatchObject({ code: 'server_ended', applied: 'unknown' });
    expect(exitOf(records)).toBe(6);
  });
});

const exitOf = (steps: readonly StepRecord[], failOn: FailOn = 'critical', more: Partial<RunRecord> = {}): number =>
  exitCodeOf(
    {
      title: 'T',
      description: undefined,
      language: undefined,
      traceId: '',
      startedAt: '',
      durationMs: 0,
      verdict: overall(steps),
      interrupted: false,
      inputs: {},
      servers: [],
      steps,
      ...more,
    },
    failOn,
  );

describe('the end of a run', () => {
  it('is unknown when nothing was judged, and never ok with a step that did not come to its end', async () => {
    const answers = { ok: () => data({ verdict: 'ok' }), plain: () => data({}), bad: () => failure('internal') };
    const verdictOf = async (...tools: readonly string[]) =>
      overall(
        (await run(tools.map((tool, i) => `- { id: x${i}, server: s, tool: ${tool} }`).join('\n'), { answers }))
          .records,
      );
    expect(await verdictOf('ok', 'plain')).toBe('ok');
    expect(await verdictOf('plain')).toBe('unknown');
    expect(await verdictOf('ok', 'bad')).toBe('unknown');
  });

  it('tells by its status what weighs most', async () => {
    const answers = {
      crit: () => data({ verdict: 'critical' }),
      warn: () => data({ verdict: 'warning' }),
      bad: () => failure('internal'),
    };
    const records = async (...tools: readonly string[]) =>
      (await run(tools.map((tool, i) => `- { id: x${i}, server: s, tool: ${tool} }`).join('\n'), { answers })).records;
    expect(exitOf(await records('crit', 'bad'))).toBe(11);
    expect(exitOf(await records('crit', 'bad'), 'never')).toBe(1);
    expect(exitOf(await records('warn'))).toBe(0);
    expect(exitOf(await records('warn'), 'warning')).toBe(10);
    expect(exitOf(await records('warn'), 'critical', { servers: [{ name: 'x', error: 'gone' }] })).toBe(5);
    expect(exitOf(await records('crit'), 'critical', { interrupted: true })).toBe(130);
  });

  it('comes early when it is interrupted: what has not begun is not begun', async () => {
    const stop = new AbortController();
    const answer: Answer = () => {
      stop.abort();
      return data({ verdict: 'ok' });
    };
    const { records } = await run('- { id: a, server: s, tool: t }\n- { id: b, server: s, tool: t, needs: [a] }', {
      answers: { t: answer },
      signal: stop.signal,
    });
    expect(statuses(records)).toBe('a ok, b cancelled');
  });

  it('keeps only results of a size that can be read', async () => {
    const { records } = await run('- { id: a, server: s, tool: t }', {
      answers: { t: () => data({ text: 'x'.repeat(3_000_000) }) },
    });
    expect(records[0]?.calls[0]?.error?.code).toBe('too_large');
    expect(isObject(records[0]?.calls[0]?.result)).toBe(false);
  });
});
