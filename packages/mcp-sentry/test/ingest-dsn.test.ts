import { type SentryDouble, startSentry } from '@cinecom/testbed';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Wait } from '../src/backend/http/retry.ts';
import { fillCinema } from './support/cinema.ts';
import { check, checked, checkIssue, type Fill, movies } from './support/ingest.ts';
import { openPatient } from './support/patient.ts';

describe('a DSN', () => {
  const projectIdOf = ({ world }: SentryDouble) => world.state.projects[0]?.id ?? '';

  it.each<[string, Fill]>([
    [
      'of another organisation',
      (sentry) => {
        fillCinema(sentry);
        sentry.world.addOrganization({ slug: 'rival' });
        sentry.world.addProject('rival-service', { organization: 'rival' });
        return sentry.dsn('rival-service');
      },
    ],
    [
      'of another Sentry, whose project happens to have the number of one here',
      (sentry) => {
        fillCinema(sentry);
        return `http://0123456789abcdef0123456789abcdef@127.0.0.1:9/${projectIdOf(sentry)}`;
      },
    ],
  ])('%s is refused before anything is sent', async (_what, fill) => {
    const { answer, sentry } = await checked(fill, {}, { argv: ['--organization', 'acme'] });
    expect(answer).toMatch(/^out_of_scope .*of another organisation/);
    expect(sentry.envelopes).toEqual([]);
    expect(sentry.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('outside the list of projects is refused before anything is sent', async () => {
    const { answer, sentry } = await checked(movies(), {}, { argv: ['--project', 'ticket-service'] });
    expect(answer).toMatch(/^out_of_scope /);
    expect(sentry.envelopes).toEqual([]);
  });

  it('that leads to another host by a key of this Sentry is used, and the plan warns', async () => {
    const relay = await startSentry();
    onTestFinished(() => relay.stop());
    const fill: Fill = (sentry) => {
      fillCinema(sentry);
      return sentry.dsn('movie-service').replace(/127\.0\.0\.1:\d+/, `localhost:${relay.port}`);
    };
    const { answer, sentry } = await checked(fill, {}, { confirm: 'code' });
    expect(answer).toContain('the DSN names another host than --url: a relay, or another Sentry');
    expect(answer).toContain('alert rules without an environment filter may fire');
    expect([...sentry.envelopes, ...relay.envelopes]).toEqual([]);
  });

  it.each([
    ['with a DSN of another', (sentry: SentryDouble) => sentry.dsn('movie-service')],
    ['without any DSN', () => undefined],
  ])('is not used %s for a project that is not there or not in scope', async (_what, dsn) => {
    const fill: Fill = (sentry) => {
      fillCinema(sentry);
      return dsn(sentry);
    };
    const misspelt = await checked(fill, { project: 'movie-servise' });
    expect(misspelt.answer).toMatch(/^invalid_input .*project `movie-servise` is not visible/);
    expect(misspelt.answer).toContain('Allowed: movie-service, ticket-service.');
    const outside = await checked(fill, { project: 'ticket-service' }, { argv: ['--project', 'movie-service'] });
    expect(outside.answer).toMatch(/^out_of_scope .*project `ticket-service` is outside --project/);
    expect(outside.answer).toContain('Allowed: movie-service.');
    expect([...misspelt.sentry.envelopes, ...outside.sentry.envelopes]).toEqual([]);
  });

  it('is asked for without naming what the tool cannot be told', async () => {
    const fill: Fill = (sentry) => {
      fillCinema(sentry);
      return undefined;
    };
    const { answer, ask } = await checked(fill);
    expect(answer).toMatch(/^not_configured .*--dsn is empty[^]*or name a project\./);
    const captured = await ask('sentry_capture_event', { title: 'Disk full' }, { mayFail: true });
    expect(captured).toMatch(/^not_configured .*--dsn is empty/);
    expect(captured).not.toContain('name a project');
  });

  it.each(['https://xxxxx@xxx.ingest.sentry.io/xxx', 'https://<key>@o1.ingest.sentry.io/1', 'YOUR_DSN_HERE'])(
    'that is the placeholder %s is named as one, and a project named instead serves',
    async (dsn) => {
      const fill: Fill = (sentry) => {
        fillCinema(sentry);
        return dsn;
      };
      const { answer, ask, sentry } = await checked(fill);
      expect(answer).toMatch(/^not_configured .*--dsn (is|holds) a placeholder/);
      expect(await ask(check, { project: 'movie-service' })).toMatch(
        /^OK: [^]*DSN of its client key: project movie-service/,
      );
      expect(sentry.envelopes).toHaveLength(1);
    },
  );
});

describe('a wait', () => {
  /** Nothing passes until the test lets it; whoever gives up is let go. */
  function gated(): {
    readonly wait: Wait;
    readonly asked: () => number;
    readonly givenUp: () => number;
    open(): void;
  } {
    let [asked, givenUp] = [0, 0];
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    const wait: Wait = async (_ms, signal) => {
      asked += 1;
      const aborted = new Promise<never>((_resolve, reject) =>
        signal.addEventListener(
          'abort',
          () => {
            givenUp += 1;
            reject(new Error('given up'));
          },
          { once: true },
        ),
      );
      await Promise.race([opened, aborted]);
    };
    return { wait, asked: () => asked, givenUp: () => givenUp, open };
  }

  it('longer than a call lasts goes on as an operation, and is looked at again by the event', async () => {
    const gate = gated();
    const { ask, sentry } = await openPatient({ fill: movies(), wait: gate.wait });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const asked = ask(check, { wait: 300 });
    await vi.waitFor(() => expect(gate.asked()).toBe(1));
    await vi.advanceTimersByTimeAsync(45_000);
    const answer = await asked;
    vi.useRealTimers();
    expect(answer).toMatch(/^UNKNOWN: not visible yet; the look goes on[^]*Goes on as operation /);
    expect(answer).toContain(String(sentry.envelopes[0]?.headers['event_id']));
    expect(checkIssue(sentry)?.status).toBe('unresolved');
    gate.open();
    await expect.poll(() => checkIssue(sentry)?.status).toBe('resolved');
    expect(sentry.envelopes).toHaveLength(1);
  });

  it('that a person gives up stops: nothing more is asked', async () => {
    const gate = gated();
    const { ask, sentry } = await openPatient({ fill: movies(), wait: gate.wait });
    const controller = new AbortController();
    const asked = ask(check, { wait: 30 }, { signal: controller.signal });
    await vi.waitFor(() => expect(gate.asked()).toBe(1));
    controller.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    await vi.waitFor(() => expect(gate.givenUp()).toBe(1));
    const before = sentry.requests.length;
    gate.open();
    await expect(ask('sentry_projects')).resolves.toContain('movie-service');
    const later = sentry.requests.slice(before).map(({ path }) => path);
    expect(later.filter((path) => /movie-service\/events|eventids|envelope|issues/.test(path))).toEqual([]);
    expect(checkIssue(sentry)?.status).toBe('unresolved');
  });
});
