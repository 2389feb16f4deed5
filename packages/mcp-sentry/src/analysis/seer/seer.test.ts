import { isToolError } from '@cinecom/mcp-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SeerRun, seerSteps } from '../../model/seer.ts';
import { checkStart, nextStep } from './next-step.ts';
import { readRun } from './read-run.ts';
import { furthestDone, phaseOf, readState } from './state.ts';

const now = Date.parse('2026-03-01T10:00:00Z');

/** As the document of the API shows it. */
const withSteps = {
  autofix: {
    run_id: 12345,
    request: { repos: [{ provider: 'github', owner: 'acme', name: 'movies' }] },
    updated_at: '2026-03-01T09:59:18.160885',
    status: 'COMPLETED',
    steps: [
      {
        key: 'root_cause_analysis_processing',
        title: 'Analyzing the Issue',
        status: 'COMPLETED',
        type: 'default',
        insights: [],
      },
      {
        key: 'root_cause_analysis',
        title: 'Root Cause Analysis',
        status: 'COMPLETED',
        type: 'root_cause_analysis',
        causes: [
          {
            description: 'load() is called without an id',
            root_cause_reproduction: [{ title: 'The request comes in', code_snippet_and_analysis: 'at app/serve.py' }],
          },
        ],
      },
    ],
    repositories: [{ name: 'acme/movies', is_writeable: true }],
    coding_agents: {},
  },
};
/** As the agent of later servers answers. */
const withBlocks = {
  autofix: {
    run_id: 77,
    sentry_run_id: 'f47ac10b-58cc-4372-a567-0e02b2c3d479',
    status: 'awaiting_user_input',
    updated_at: '2026-03-01T09:59:00Z',
    blocks: [
      { id: '1', message: { role: 'assistant', content: 'thinking' }, artifacts: [] },
      {
        id: '2',
        artifacts: [
          {
            key: 'root_cause',
            data: { one_line_description: 'no id', five_whys: ['because', 'of this'] },
            reason: 'done',
          },
          {
            key: 'solution',
            data: { one_line_summary: 'pass it', steps: [{ title: 'Pass the id', description: 'in serve()' }] },
          },
        ],
      },
    ],
    pending_user_input: {
      id: 'q',
      input_type: 'ask_user_question',
      data: { questions: [{ question: 'Which branch?' }] },
    },
    repo_pr_states: { 'acme/movies': { pr_url: 'https://github.com/acme/movies/pull/9' } },
    coding_agents: {},
  },
  formatted: { format: 'markdown', content: '# Root cause\nno id' },
};

describe('a run of Seer', () => {
  it('is read of its steps', () => {
    expect(readRun(withSteps)).toEqual({
      runId: undefined,
      numericRunId: 12345,
      status: 'completed',
      updatedAt: Date.parse('2026-03-01T09:59:18.160Z'),
      text: '## Root Cause Analysis\nload() is called without an id\n- The request comes in\n  at app/serve.py',
      steps: [
        { key: 'root_cause_analysis_processing', title: 'Analyzing the Issue', status: 'completed' },
        { key: 'root_cause_analysis', title: 'Root Cause Analysis', status: 'completed' },
      ],
      pullRequests: [],
      isMakingPullRequest: false,
      pullRequestError: undefined,
      repositories: ['acme/movies'],
      question: undefined,
    });
  });

  it('is read of its blocks', () => {
    expect(readRun(withBlocks)).toEqual({
      runId: 'f47ac10b-58cc-4372-a567-0e02b2c3d479',
      numericRunId: 77,
      status: 'awaiting_user_input',
      updatedAt: Date.parse('2026-03-01T09:59:00Z'),
      text: '# Root cause\nno id',
      steps: [
        { key: 'root_cause', title: undefined, status: 'completed' },
        { key: 'solution', title: undefined, status: 'completed' },
      ],
      pullRequests: ['https://github.com/acme/movies/pull/9'],
      isMakingPullRequest: false,
      pullRequestError: undefined,
      repositories: ['acme/movies'],
      question: 'Which branch?',
    });
    expect(readRun({ autofix: withBlocks.autofix })?.text).toBe(
      '## root_cause\none_line_description: no id\n- because\n- of this\n\n## solution\none_line_summary: pass it\n- Pass the id\n  in serve()',
    );
  });

  it('has its code in patches, which are all there once it is completed', () => {
    const patch = (path: string, added: number) => ({
      repo_name: 'acme/movies',
      patch: { path, type: 'M', added, removed: 1 },
    });
    const coded = {
      status: 'completed',
      blocks: [
        { id: '1', artifacts: [{ key: 'root_cause', data: { one_line_description: 'no id' } }] },
        { id: '2', artifacts: [], file_patches: [patch('app/serve.py', 1)] },
        { id: '3', artifacts: [], file_patches: [patch('app/serve.py', 2), patch('app/load.py', 3)] },
      ],
    };
    const read = readRun({ autofix: coded })!;
    expect(read.steps.at(-1)).toEqual({ key: 'code_changes', title: undefined, status: 'completed' });
    expect(read.repositories).toEqual(['acme/movies']);
    expect(read.text).toContain(
      '## code_changes\n- acme/movies: app/serve.py (+2 −1)\n- acme/movies: app/load.py (+3 −1)',
    );
    expect(furthestDone(read)).toBe('code_changes');
    expect(nextStep(read, true, now)).toBe('open_pr');
    expect(furthestDone(readRun({ autofix: { ...coded, status: 'processing' } })!)).toBe('root_cause');
  });

  it('is at work while a pull request is made, and says why none could be', () => {
    const state = (more: object) => ({ autofix: { status: 'completed', repo_pr_states: { 'acme/movies': more } } });
    const making = readRun(state({ pr_creation_status: 'creating' }))!;
    expect(readState(making, now)).toMatchObject({
      phase: 'processing',
      isSettled: false,
      waitsFor: 'a pull request that is being made',
    });
    const failed = readRun(state({ pr_creation_status: 'error', pr_creation_error: 'no write access' }))!;
    expect(failed.pullRequestError).toBe('no write access');
    expect(readState(failed, now).phase).toBe('completed');
  });

  it.each([[null], [undefined], [{}], [{ autofix: null }], [{ autofix: [] }], ['text'], [{ autofix: {} }]])(
    'is none in %j',
    (answer) => {
      expect(readRun(answer)).toBeUndefined();
    },
  );

  it('of any shape makes nothing fail', () => {
    const keys = fc.constantFrom(
      'steps',
      'blocks',
      'status',
      'request',
      'repos',
      'changes',
      'causes',
      'artifacts',
      'data',
      'key',
      'pending_user_input',
      'repo_pr_states',
      'coding_agents',
      'results',
      'updated_at',
      'formatted',
      '__proto__',
    );
    const { value } = fc.letrec<{ readonly value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(null, 1, 'x', true, '2026-01-01'),
        fc.dictionary(keys, tie('value'), { maxKeys: 5 }),
        fc.array(tie('value'), { maxLength: 3 }),
      ),
    }));
    fc.assert(
      fc.property(value, (autofix) => {
        const run = readRun({ autofix, formatted: autofix });
        readState(run, now);
        expect(typeof (run?.status ?? '')).toBe('string');
      }),
    );
  });
});

const run = (rest: Partial<SeerRun> = {}): SeerRun => ({
  runId: 'f47ac10b-58cc-4372-a567-0e02b2c3d479',
  numericRunId: 1,
  status: 'completed',
  updatedAt: now - 10_000,
  text: undefined,
  steps: [{ key: 'root_cause', title: undefined, status: 'completed' }],
  pullRequests: [],
  isMakingPullRequest: false,
  pullRequestError: undefined,
  repositories: [],
  question: undefined,
  ...rest,
});

describe('the state of a run', () => {
  it.each([
    ['PROCESSING', 'processing', false],
    ['Need_More_Information', 'waiting', true],
    ['awaiting_user_input', 'waiting', true],
    ['WAITING_FOR_USER_RESPONSE', 'waiting', true],
    ['completed', 'completed', true],
    ['ERROR', 'error', true],
    ['cancelled', 'cancelled', true],
    ['HALF_BAKED', 'other', false],
    ['constructor', 'other', false],
  ])('%s is %s', (status, phase, isSettled) => {
    expect(phaseOf(status)).toBe(phase);
    const state = readState(run({ status }), now);
    expect(state.isSettled).toBe(isSettled);
    // who must look again is told when, and nobody else
    expect(state.lookAgainSeconds === undefined).toBe(isSettled);
  });

  it('says what it waits for, and that a silent run is stale', () => {
    expect(readState(run({ status: 'need_more_information', question: 'Which?' }), now).waitsFor).toBe(
      'an answer to its question',
    );
    expect(readState(run({ status: 'half_baked' }), now).waitsFor).toContain('a new one');
    expect(readState(run({ status: 'processing', updatedAt: now - 3 * 60_000 }), now)).toMatchObject({
      lookAgainSeconds: 120,
      isStale: false,
    });
    expect(readState(run({ status: 'processing', updatedAt: now - 16 * 60_000 }), now).isStale).toBe(true);
    expect(readState(undefined, now)).toMatchObject({ phase: 'none', isSettled: true });
  });

  it('knows the furthest step of every generation', () => {
    const steps = (...keys: readonly string[]) => keys.map((key) => ({ key, title: undefined, status: 'completed' }));
    expect(furthestDone(run({ steps: steps('root_cause_analysis', 'solution', 'changes') }))).toBe('code_changes');
    expect(furthestDone(run({ steps: steps('solution', 'root_cause') }))).toBe('solution');
    expect(furthestDone(run({ steps: [] }))).toBeUndefined();
    expect(furthestDone(run({ pullRequests: ['https://x'] }))).toBe('open_pr');
  });
});

describe('the next step', () => {
  it('follows what is done and never goes past the solution without the setting', () => {
    const solved = run({ steps: [{ key: 'solution', title: undefined, status: 'completed' }] });
    expect(nextStep(undefined, false, now)).toBe('root_cause');
    expect(nextStep(run(), false, now)).toBe('solution');
    expect(nextStep(solved, false, now)).toBeUndefined();
    expect(nextStep(solved, true, now)).toBe('code_changes');
    expect(nextStep(run({ pullRequests: ['https://x'] }), true, now)).toBeUndefined();
    expect(nextStep(run({ status: 'processing' }), true, now)).toBeUndefined();
    expect(nextStep(run({ status: 'error', steps: [] }), false, now)).toBe('root_cause');
  });

  const refusal = (...args: Parameters<typeof checkStart>): string => {
    try {
      checkStart(...args);
    } catch (error) {
      if (isToolError(error)) return error.code;
      throw error;
    }
    return 'permitted';
  };

  it('is refused past the solution without the setting, whatever else is asked', () => {
    const step = fc.constantFrom(...seerSteps);
    fc.assert(
      fc.property(
        step,
        step,
        fc.constantFrom(undefined, run(), run({ status: 'processing' })),
        (first, last, before) => {
          const isPast = [first, last].some((one) => one === 'code_changes' || one === 'open_pr');
          const code = refusal({ step: first, stoppingPoint: last }, before, { seerCodeChanges: false, now });
          expect(code === 'not_allowed').toBe(isPast);
        },
      ),
    );
  });

  it('needs an order, a finished run to go on with, and nobody at work', () => {
    const allowed = { seerCodeChanges: true, now };
    expect(refusal({ step: 'root_cause', stoppingPoint: 'solution' }, undefined, allowed)).toBe('permitted');
    expect(refusal({ step: 'solution', stoppingPoint: 'root_cause' }, run(), allowed)).toBe('invalid_input');
    expect(refusal({ step: 'solution', stoppingPoint: 'solution' }, undefined, allowed)).toBe('invalid_input');
    expect(refusal({ step: 'solution', stoppingPoint: 'open_pr' }, run(), allowed)).toBe('invalid_input');
    // there is nothing to push before there are code changes
    const openPr = { step: 'open_pr', stoppingPoint: 'open_pr' } as const;
    const coded = run({ steps: [{ key: 'code_changes', title: undefined, status: 'completed' }] });
    expect(refusal(openPr, run(), allowed)).toBe('invalid_input');
    expect(refusal(openPr, coded, allowed)).toBe('permitted');
    expect(refusal(openPr, { ...coded, pullRequests: ['https://x'] }, allowed)).toBe('invalid_input');
    expect(refusal(openPr, { ...coded, isMakingPullRequest: true }, allowed)).toBe('backend_conflict');
    expect(refusal({ step: 'root_cause', stoppingPoint: 'root_cause' }, run({ status: 'PROCESSING' }), allowed)).toBe(
      'backend_conflict',
    );
    const stale = run({ status: 'processing', updatedAt: now - 60 * 60_000 });
    expect(refusal({ step: 'root_cause', stoppingPoint: 'root_cause' }, stale, allowed)).toBe('permitted');
  });
});
