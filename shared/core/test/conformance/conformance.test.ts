import { type ConformanceRun, runConformance } from '@cinecom/testbed';
import { describeWithTool } from '@cinecom/testbed/vitest';
import { expect, test } from 'vitest';
import { readLog } from '../../src/audit/index.ts';
import { tempState } from '../../src/testing/temp-state.ts';
import { type Front, startFixture } from './fixture/start.ts';
import { needsSession, required2025, required2026 } from './scenarios.ts';

/** One run of the suite against a fixture of its own, and the types of record in its audit log. */
async function conform(front: Front, revision: string) {
  await using state = await tempState();
  const fixture = await startFixture(front, state.dir);
  let run: ConformanceRun;
  try {
    run = await runConformance(fixture.url, revision);
  } finally {
    await fixture.close();
  }
  const recorded = new Set<string>();
  for await (const { event } of readLog({ dir: fixture.auditDir })) recorded.add(event.type);
  return { run, recorded: [...recorded] };
}

/** Scored scenarios with a failed check, or without any that succeeded, by name; with what the suite says of each. */
function failed({ scored, scenarios }: ConformanceRun): Readonly<Record<string, readonly string[]>> {
  const bad = scored
    .map((name) => ({ name, result: scenarios.get(name)! }))
    .filter(({ result }) => result.failure.length > 0 || result.success.length === 0);
  return Object.fromEntries(bad.map(({ name, result }) => [name, result.messages]));
}

function checks(run: ConformanceRun, status: 'warning' | 'skipped'): string[] {
  return run.scored.flatMap((name) => run.scenarios.get(name)![status].map((id) => `${name}: ${id}`)).toSorted();
}

describeWithTool('conformance', 'the official conformance suite, without expected failures', () => {
  test('of 2026-07-28 passes all 37 scored server scenarios on the front of the product', async () => {
    const { run, recorded } = await conform('product', '2026-07-28');
    expect(run.scored).toEqual(required2026);
    expect(run.scored).toHaveLength(37);
    expect(failed(run)).toEqual({});
    expect(run.exitCode).toBe(0);
    expect(checks(run, 'warning')).toEqual([]);
    // No server ever changes its lists, so there is nothing to tell of.
    expect(checks(run, 'skipped')).toEqual([
      'server-stateless: sep-2575-server-sends-prompts-list-changed-on-subscription',
      'server-stateless: sep-2575-server-sends-tools-list-changed-on-subscription',
    ]);
    // Not scored, but what it asks is what the product promises: headers that do not match the body are refused.
    expect(run.scenarios.get('http-header-validation')?.failure).toEqual([]);
    expect(recorded).toEqual(expect.arrayContaining(['call', 'call.begin', 'call.end', 'prompt', 'rejected']));
  });

  test('of 2025-11-25 passes all 30 scored server scenarios where sessions stand behind the doors of the product', async () => {
    const { run, recorded } = await conform('sessions', '2025-11-25');
    expect(run.scored).toEqual(required2025);
    expect(run.scored).toHaveLength(30);
    expect(failed(run)).toEqual({});
    expect(run.exitCode).toBe(0);
    expect(checks(run, 'warning')).toEqual([]);
    expect(checks(run, 'skipped')).toEqual([]);
    expect(recorded).toEqual(expect.arrayContaining(['call', 'prompt', 'rejected']));
  });

  test('of 2025-11-25 passes on the stateless front of the product all but what needs a session', async () => {
    const { run } = await conform('product', '2025-11-25');
    expect(run.scored).toEqual(required2025);
    expect(Object.keys(failed(run))).toEqual([...needsSession, 'server-sse-multiple-streams'].toSorted());
    // The suite itself only warns of this one: without a session it has nothing to try.
    expect(checks(run, 'warning')).toEqual(['server-sse-multiple-streams: server-sse-multiple-streams-session']);
  });
});
