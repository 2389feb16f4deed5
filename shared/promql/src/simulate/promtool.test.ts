import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithProgram } from '@cinecom/testbed/vitest';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { formatDuration } from '../time/parse-time.ts';
import { alertSegments } from './machine.ts';

const evaluations = 60;

interface Case {
  /** Whether the expression holds at each evaluation. */
  readonly holds: readonly boolean[];
  readonly forMs: number;
  readonly keepFiringForMs: number;
}

/** Bars that are no multiple of the interval are where inclusive and exclusive differ. */
function cases(intervalMs: number, seed: number): readonly Case[] {
  const bar = fc.oneof(
    fc.constant(0),
    fc.integer({ min: 1, max: 6 }).map((count) => count * intervalMs),
    fc.integer({ min: 1, max: 6 * intervalMs }).map((ms) => Math.max(1, ms)),
  );
  const runs = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 9 })), { minLength: 4, maxLength: 30 });
  const one = fc.record({ runs, forMs: bar, keepFiringForMs: bar }).map(({ runs: parts, ...rest }) => {
    const holds = parts.flatMap(([isTrue, length]) => Array.from({ length }, () => isTrue)).slice(0, evaluations);
    return { ...rest, holds: [...holds, ...Array.from({ length: evaluations - holds.length }, () => false)] };
  });
  return fc.sample(one, { seed, numRuns: 250 });
}

/** promtool evaluates at each step and tells `ALERTS` as it then is; whatever differs fails the run. */
function promtoolSays(all: readonly Case[], intervalMs: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'cinecom-machine-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const rules = all.map(({ forMs, keepFiringForMs }, index) =>
    [
      `- alert: A${index}`,
      `  expr: s{n="${index}"} == 1`,
      `  for: ${formatDuration(forMs)}`,
      ...(keepFiringForMs === 0 ? [] : [`  keep_firing_for: ${formatDuration(keepFiringForMs)}`]),
    ].join('\n    '),
  );
  writeFileSync(
    join(folder, 'rules.yml'),
    `groups:\n- name: g\n  interval: ${formatDuration(intervalMs)}\n  rules:\n    ${rules.join('\n    ')}\n`,
  );
  const series = all.map(
    ({ holds }, index) =>
      `- { series: 's{n="${index}"}', values: '${holds.map((one) => (one ? '1' : '0')).join(' ')}' }`,
  );
  writeFileSync(
    join(folder, 'test.yml'),
    [
      'rule_files: [rules.yml]',
      `evaluation_interval: ${formatDuration(intervalMs)}`,
      'tests:',
      `- interval: ${formatDuration(intervalMs)}`,
      '  input_series:',
      ...series.map((line) => `  ${line}`),
      '  promql_expr_test:',
      ...Array.from({ length: evaluations }, (_, step) => expectation(all, step, intervalMs)),
      '',
    ].join('\n'),
  );
  try {
    return execFileSync('/usr/bin/promtool', ['test', 'rules', join(folder, 'test.yml')], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return `${stdout}${stderr}`;
  }
}

function expectation(all: readonly Case[], step: number, intervalMs: number): string {
  const steps = Array.from({ length: evaluations }, (_, index) => index * intervalMs);
  const samples = all.flatMap(({ holds, ...timing }, index) => {
    const present = holds.flatMap((one, at) => (one ? [at] : []));
    const now = alertSegments(steps, present, timing).find(
      ({ from, to }) => from <= steps[step]! && steps[step]! <= to,
    );
    if (now === undefined) return [];
    return [`      - { labels: 'ALERTS{alertname="A${index}", alertstate="${now.state}", n="${index}"}', value: 1 }`];
  });
  return [
    `  - expr: ALERTS`,
    `    eval_time: ${formatDuration(step * intervalMs)}`,
    `    exp_samples:${samples.length === 0 ? ' []' : ''}`,
    ...samples,
  ].join('\n');
}

describeWithProgram('promtool', 'the alert machine', () => {
  it.each([
    [15_000, 1],
    [60_000, 2],
    [7000, 3],
  ])('is in the state in which promtool has it, at every evaluation, every %i ms', (intervalMs, seed) => {
    expect(promtoolSays(cases(intervalMs, seed), intervalMs)).toContain('SUCCESS');
  });
});
