import { once } from 'node:events';
import { tempState } from '@cinecom/mcp-core/testing';
import { type ConformanceRun, runConformance } from '@cinecom/testbed';
import { describeWithTool } from '@cinecom/testbed/vitest';
import { describe, expect, it } from 'vitest';
import { servers } from '../src/servers.ts';
import { builtCommand, startOverHttp } from './support/start-over-http.ts';

/**
 * What any server must pass; every other scenario calls a tool, prompt or resource of the suite's own fixture by name.
 * `without` are checks of the suite that need such a fixture too.
 */
const generic = {
  '2026-07-28': {
    scenarios: [
      'tools-list',
      'server-sse-multiple-streams',
      'dns-rebinding-protection',
      'input-required-result-unsupported-methods',
      'input-required-result-validate-input',
      'sep-2164-resource-not-found',
      'server-stateless',
      'caching',
      'http-header-validation',
    ],
    without: [
      'sep-2575-server-rejects-undeclared-capability',
      'sep-2575-missing-capability-http-400',
      'sep-2575-http-server-no-independent-requests-on-stream',
      'sep-2575-server-no-log-without-loglevel',
      'sep-2549-resources-list-caching-hints',
      'sep-2549-resources-templates-list-caching-hints',
    ],
  },
  '2025-11-25': {
    scenarios: ['server-initialize', 'ping', 'tools-list', 'dns-rebinding-protection'],
    without: [],
  },
} as const;

/** Checks that failed in the scenarios named, and scenarios that did not run. */
function failures(run: ConformanceRun, scenarios: readonly string[], without: readonly string[]): string[] {
  return scenarios.flatMap((name) => {
    const result = run.scenarios.get(name);
    if (result === undefined || result.success.length === 0) return [`${name}: did not run`];
    return result.failure.filter((id) => !without.includes(id)).map((id) => `${name}: ${id}`);
  });
}

describe.each(Object.keys(servers))('%s', (name) => {
  describeWithTool('conformance', 'over HTTP', () => {
    it.each(['2026-07-28', '2025-11-25'] as const)('passes every generic scenario of %s', async (revision) => {
      await using state = await tempState();
      const { url, child } = await startOverHttp(builtCommand(name), { ...state.env });
      const exited = once(child, 'exit');
      const run = await runConformance(url, revision).finally(() => child.kill('SIGTERM'));
      expect(await exited).toEqual([0, null]);

      const { scenarios, without } = generic[revision];
      const prompts = (await servers[name]!()).prompts === undefined ? [] : ['prompts-list'];
      expect(failures(run, [...scenarios, ...prompts], without)).toEqual([]);
      const malformed = [...run.scenarios].filter(([, { failure }]) => failure.includes('wire-schema-valid'));
      expect(malformed, 'messages against the schema of the revision').toEqual([]);
    });
  });
});
