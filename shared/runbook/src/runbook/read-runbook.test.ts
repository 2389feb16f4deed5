import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../problem.ts';
import { resolveInputs } from './inputs.ts';
import { findCycle } from './order.ts';
import { parseRunbook } from './read-runbook.ts';

const head = 'title: Morning\n';
const whole = `${head}
description: What the night left.
language: ja
inputs:
  database: { description: which one, default: cinema }
  limit: { type: number, default: 5, allowed: [5, 10] }
steps:
  - { id: overview, server: pg, tool: pg_overview, timeout: 90s, onError: stop }
  - id: locks
    title: Who waits?
    server: pg
    tool: pg_locks
    when: steps.overview.verdict == 'critical'
    save: { roots: '\${{ result.roots }}' }
  - id: look
    server: pg
    tool: pg_activity
    foreach: saved.roots
    input: { pid: '\${{ item.pid }}', database: '\${{ inputs.database }}' }
    needs: [overview]
`;

describe('a runbook', () => {
  it('is read with its defaults, and its steps wait for those they refer to', async () => {
    const runbook = await parseRunbook(whole, 'm.yaml');
    expect(runbook.steps.map(({ after, id, onError, timeoutMs, title }) => ({ id, title, after, timeoutMs, onError })))
      .toMatchInlineSnapshot(`
      [
        {
          "after": [],
          "id": "overview",
          "onError": "stop",
          "timeoutMs": 90000,
          "title": "overview",
        },
        {
          "after": [
            "overview",
          ],
          "id": "locks",
          "onError": "continue",
          "timeoutMs": 60000,
          "title": "Who waits?",
        },
        {
          "after": [
            "locks",
            "overview",
          ],
          "id": "look",
          "onError": "continue",
          "timeoutMs": 60000,
          "title": "look",
        },
      ]
    `);
  });

  it('gives its inputs their types, and takes only declared and allowed ones', async () => {
    const runbook = await parseRunbook(whole, 'm.yaml');
    const inputs = (given: Record<string, string>) =>
      Object.fromEntries(resolveInputs(runbook, new Map(Object.entries(given))));
    expect(inputs({})).toEqual({ database: 'cinema', limit: 5 });
    expect(inputs({ database: '5', limit: '10' })).toEqual({ database: '5', limit: 10 });
    expect(() => inputs({ limit: 'ten' })).toThrow('the input "limit" is a number');
    expect(() => inputs({ limit: '7' })).toThrow('the input "limit" may not be 7');
    expect(() => inputs({ databse: 'x' })).toThrow('no input "databse"; did you mean "database"?');
  });

  it('needs a value for an input without a default', async () => {
    const runbook = await parseRunbook(`${head}inputs: { host: {} }\nsteps: [{ id: a, server: s, tool: t }]`, 'm.yaml');
    expect(() => resolveInputs(runbook, new Map())).toThrow('the input "host" has no value and no default');
  });
});

describe('a mistake is told with line, field and what is allowed', () => {
  const step = (more: string): string =>
    `steps:\n  - { id: a, server: s, tool: t }\n  - id: b\n    server: s\n    tool: t\n${more}`;
  it.each([
    ['steps: []', 'm.yaml:2: "steps" has at least 1'],
    [
      step('    toool: x'),
      'm.yaml:4: "steps[1]" has no field "toool"; did you mean "tool"? (fields: id, title, server,',
    ],
    [step('    onError: retry'), 'm.yaml:7: "steps[1].onError" is one of: stop, continue'],
    [step('    timeout: 2d'), 'm.yaml:7: "steps[1].timeout": a time from 1s to 1h, as in 90s or 5m'],
    [step('    input: [1]'), 'm.yaml:7: "steps[1].input" is a map of names to values'],
    ['steps: [{ id: a, server: s }]', 'm.yaml:2: "steps[0].tool" is missing'],
    ['steps: [{ id: 1a, server: s, tool: t }]', 'm.yaml:2: "steps[0].id": a name of letters, digits'],
    ['language: fr\nsteps: [{ id: a, server: s, tool: t }]', 'm.yaml:2: "language" is one of: en, ja'],
    [
      'inputs: { limit: { default: 5 } }\nsteps: [{ id: a, server: s, tool: t }]',
      'm.yaml:2: "inputs.limit.default": not a string, which "type" says it is',
    ],
    [step('    needs: [c]'), 'm.yaml:7: "steps[1].needs": there is no step "c"'],
    [step('    when: steps.c.verdict'), 'm.yaml:7: "steps[1].when": no step "c" (steps: there are: a, b)'],
    [step('    when: a ='), '"steps[1].when": "=" is not part of the expression language (character 3)'],
    [step('    when: inputs.x'), '"steps[1].when": no input "x" (inputs: there are none)'],
    [step("    input: { x: '${{ item.y }}' }"), '"item" exists only in the input of a step with foreach'],
    [step("    input: { x: '${{ result.y }}' }"), '"result" exists only in save'],
    [
      step("    input: { x: '${{ env.HOME }}' }"),
      'nothing is called "env" (references begin with: inputs, steps, saved)',
    ],
    [step('    needs: [b]'), 'm.yaml:4: "steps[1]": the step "b" refers to itself'],
    [step('').replace('id: b', 'id: a'), 'two steps are called "a"'],
    [step('    save: { x: 1 }\n  - { id: c, server: s, tool: t, save: { x: 2 } }'), '"x" is saved by two steps'],
    ['steps: {', 'is not valid YAML in line 2'],
    ['steps: *nowhere', 'uses an alias that is unknown'],
    ['__proto__: {}\nsteps: []', 'has a key "__proto__", which is not allowed'],
    [`steps: ${'['.repeat(10_000)}`, 'is nested too deeply'],
    [`steps: ${'['.repeat(20)}${']'.repeat(20)}`, 'is nested deeper than 16 levels'],
  ])('%s', async (yaml, message) => {
    const refused = await parseRunbook(head + yaml, 'm.yaml').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Problem);
    expect((refused as Problem).message).toContain(message);
    expect((refused as Problem).fix).not.toBe('');
  });

  it('whatever text it is given', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), async (text) => {
        const refused = await parseRunbook(text, 'm.yaml').catch((error: unknown) => error);
        expect(refused).toBeInstanceOf(Problem);
      }),
    );
  });
});

describe('the order of steps', () => {
  const graph = fc.uniqueArray(fc.tuple(fc.nat({ max: 7 }), fc.nat({ max: 7 })), { maxLength: 14 });
  const stepsOf = (edges: readonly (readonly [number, number])[]) =>
    Array.from({ length: 8 }, (_, id) => ({
      id: String(id),
      after: edges.filter(([from]) => from === id).map(([, to]) => String(to)),
    }));

  it('is refused exactly when steps wait for each other, and the cycle that is named is one', () => {
    fc.assert(
      fc.property(graph, (edges) => {
        const steps = stepsOf(edges);
        const cycle = findCycle(steps);
        const reaches = (from: string, to: string, seen: ReadonlySet<string>): boolean =>
          (steps.find((step) => step.id === from)?.after ?? []).some(
            (next) => next === to || (!seen.has(next) && reaches(next, to, new Set([...seen, next]))),
          );
        expect(cycle !== undefined).toBe(steps.some(({ id }) => reaches(id, id, new Set())));
        if (cycle === undefined) return;
        expect(cycle[0]).toBe(cycle.at(-1));
        for (const [index, id] of cycle.slice(0, -1).entries()) {
          expect(steps.find((step) => step.id === id)?.after).toContain(cycle[index + 1]);
        }
      }),
    );
  });
});
