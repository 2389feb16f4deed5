import { errorOf, textOf } from '@cinecom/mcp-core/testing';
import { type Fault, type SentryDouble, startSentry } from '@cinecom/testbed';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { routes } from '../src/backend/http/routes.ts';
import { openBackend } from './support/backend.ts';
import { fillCinema } from './support/cinema.ts';
import { smallPolicy } from './support/inputs.ts';
import { openBed } from './support/open.ts';
import { openPatient } from './support/patient.ts';
import { anyCall } from './support/random-inputs.ts';

const signal = new AbortController().signal;
const unattended = ['--allow', 'write', '--confirm', 'never'];

/** Of the table of routes, and the one that events are sent to. */
const known = [
  ...Object.values(routes).map(
    ([method, path]) => new RegExp(`^${method} /api/0${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  ),
  /^POST \/api\/\d+\/envelope\/$/,
];

/** What is wrong with the requests that were made, in words. */
function faultsOf({ requests, port, token }: SentryDouble): readonly string[] {
  return requests.flatMap(({ method, path, query, headers }) => {
    const ids = query.getAll('id');
    const isBulk = method === 'PUT' && path.endsWith('/issues/');
    return [
      ...(known.some((route) => route.test(`${method} ${path}`)) ? [] : ['a route outside the table']),
      ...(method === 'DELETE' ? ['a deletion'] : []),
      ...(isBulk && (ids.length === 0 || ids.length > 25 || ids.some((id) => !/^\d+$/.test(id))) ? ['no ids'] : []),
      // none of the ids there: the query is taken, and without one all that is unresolved
      ...(isBulk && query.get('query') !== 'timesSeen:<0' ? ['a query that finds issues'] : []),
      ...(isBulk && query.getAll('project').length === 0 ? ['no projects'] : []),
      ...(headers.host === `127.0.0.1:${port}` ? [] : [`host ${JSON.stringify(headers.host)}`]),
      ...(path.endsWith('/envelope/') === (headers.authorization === `Bearer ${token}`) ? ['the token'] : []),
    ].map((what) => `${what}: ${method} ${path}`);
  });
}

describe('whatever is asked for', () => {
  it('nothing is deleted, no change is without ids, and no route or host is contacted beyond the known', async () => {
    const { ask, sentry } = await openPatient({
      fill: (double) => {
        fillCinema(double);
        return double.dsn('movie-service');
      },
      argv: ['--seer-code-changes'],
    });
    const used = new Set<string>();
    await fc.assert(
      fc.asyncProperty(anyCall, async ([tool, args]) => {
        const answer = await ask(tool, args, { mayFail: true });
        used.add(tool);
        expect(answer).not.toMatch(/^internal/);
        expect(faultsOf(sentry)).toEqual([]);
      }),
      { numRuns: 400, seed: 20_260_301, endOnFailure: true },
    );
    expect(used.size).toBe(21);
    const methods = new Set(sentry.requests.map(({ method }) => method));
    expect(methods).toEqual(new Set(['GET', 'POST', 'PUT']));
  });

  it('the table of routes has no deletion, and one PUT of issues, which must name them', async () => {
    const all: readonly (readonly [string, string, string])[] = Object.values(routes);
    expect(all.filter(([method]) => !['GET', 'POST', 'PUT'].includes(method))).toEqual([]);
    expect(all.filter(([method]) => method === 'PUT').map(([, path]) => path)).toEqual([
      '/organizations/{organization}/issues/',
      '/organizations/{organization}/workflows/{workflow}/',
    ]);
    const sentry = await startSentry();
    onTestFinished(() => sentry.stop());
    const { issues } = await openBackend({ url: sentry.url, token: sentry.token });
    const scope = { organization: 'acme', projects: [], isCut: false, environments: [] };
    const many = Array.from({ length: 26 }, (_, index) => String(index + 1));
    for (const ids of [[], many, ['1', ''], ['*'], ['-1'], ['1 OR 2'], ['MOVIE-1']]) {
      await expect(issues.change(scope, ids, { status: 'resolved' }, signal)).rejects.toMatchObject({
        code: 'invalid_input',
        applied: 'no',
      });
    }
    expect(sentry.requests).toEqual([]);
  });
});

describe('a change whose answer is lost', () => {
  const writes: readonly [tool: string, args: Readonly<Record<string, unknown>>, method: string, path: RegExp][] = [
    ['sentry_triage_issues', { issues: ['MOVIE-SERVICE-1'], status: 'resolved' }, 'PUT', /issues\/$/],
    ['sentry_apply_alert_policy', { policy: smallPolicy }, 'POST', /workflows\/$/],
    ['sentry_start_seer', { issue: 'MOVIE-SERVICE-1' }, 'POST', /autofix\/$/],
  ];
  const answers: readonly Fault['answer'][] = ['reset', 'truncate', { status: 502, body: 'bad gateway' }, 'html'];

  it.each(writes.flatMap((write) => answers.map((answer) => [...write, answer] as const)))(
    '%s after it was made is sent once and told as applied (%#)',
    async (tool, args, method, match, answer) => {
      const { client, sentry } = await openBed({ argv: unattended, fill: fillCinema });
      sentry.fail({ answer, after: true, method, match });
      const result = await client.call(tool, args);
      const told = result.isError === true ? errorOf(result)?.applied : 'yes';
      expect(told, textOf(result)).toMatch(/^(yes|unknown)$/);
      expect(sentry.requests.filter((request) => request.method === method && match.test(request.path))).toHaveLength(
        1,
      );
    },
  );

  it.each(writes)('%s that never arrived is sent once and never told as applied', async (tool, args, method, match) => {
    for (const answer of ['reset', { status: 503 }] as const) {
      const { client, sentry } = await openBed({ argv: unattended, fill: fillCinema });
      sentry.fail({ answer, method, match });
      const result = await client.call(tool, args);
      expect(result.isError, textOf(result)).toBe(true);
      expect(errorOf(result)?.applied, textOf(result)).toMatch(/^(no|unknown)$/);
      expect(sentry.requests.filter((request) => request.method === method && match.test(request.path))).toHaveLength(
        1,
      );
    }
  });

  it('is settled by looking: an issue that shows the change was changed, one that does not was not', async () => {
    for (const [after, applied] of [
      [true, 'yes'],
      [false, 'no'],
    ] as const) {
      const { client, sentry } = await openBed({ argv: unattended, fill: fillCinema });
      sentry.fail({ answer: 'reset', after, method: 'PUT' });
      const result = await client.call('sentry_triage_issues', { issues: ['MOVIE-SERVICE-1'], status: 'resolved' });
      expect(result.isError === true ? errorOf(result)?.applied : 'yes', textOf(result)).toBe(applied);
      const [issue] = sentry.world.state.issues;
      expect(issue?.status).toBe(after ? 'resolved' : 'unresolved');
    }
  });

  it('an event is not sent again, and whether it arrived is not claimed', async () => {
    for (const tool of ['sentry_check_ingest', 'sentry_capture_event']) {
      const bed = await openPatient({
        fill: (double) => {
          fillCinema(double);
          return double.dsn('movie-service');
        },
      });
      bed.sentry.fail({ answer: 'reset', after: true, match: /envelope/ });
      const args = tool === 'sentry_capture_event' ? { title: 'Disk full' } : { wait: 5 };
      const answer = await bed.ask(tool, args, { mayFail: true });
      // the one looks whether it is there, the other cannot
      expect(answer).toMatch(
        tool === 'sentry_check_ingest' ? /^OK: an error would be seen/ : /^backend_error \(applied: unknown\)/,
      );
      expect(bed.sentry.envelopes).toHaveLength(1);
    }
  });
});
