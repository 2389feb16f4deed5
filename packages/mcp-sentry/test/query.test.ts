import type { SentryDouble } from '@cinecom/testbed';
import { describe, expect, it, vi } from 'vitest';
import { fillCinema } from './support/cinema.ts';
import { askOf, freezeTime, hour, minute, now } from './support/frozen.ts';
import { openBed } from './support/open.ts';
import { picturesOf } from './support/pictures.ts';

freezeTime();

const tool = 'sentry_query';

interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly series: readonly { readonly group: string; readonly points: readonly { readonly value: string }[] }[];
  readonly notes: readonly string[];
  readonly cursor?: string;
}

function fill(sentry: SentryDouble): void {
  fillCinema(sentry);
  sentry.world.addLogs('movie-service', { count: 30, message: '座席 read', severity: 'warn' });
}

it('shows a table, largest first, with units', async () => {
  const bed = await openBed({ now, fill });
  const args = {
    dataset: 'spans',
    fields: ['transaction', 'count()', 'p95(span.duration)', 'failure_rate()'],
    sort: '-count()',
  };
  expect(await askOf(bed, tool, args)).toMatchInlineSnapshot(`
    "1 row
    Window: 2026-03-01T11:00:00Z to 2026-03-01T12:00:00Z

    |\`transaction\`|\`count()\`|\`p95(span.duration)\`|\`failure_rate()\`|
    |-|-|-|-|
    |\`GET /movies\`|\`200\`|\`87 ms\`|\`0 %\`|

    Web: \`https://sentry.test/organizations/acme/explore/traces/?statsPeriod=1h&project=-1&field=transaction&field=count()&field=p95(span.duration)&field=failure_rate()&sort=-count()\`
    API: GET organizations/acme/events/ dataset=spans"
  `);
});

it('shows a time series by group, and which bucket is not over', async () => {
  const bed = await openBed({ now: now + 30_000, fill });
  vi.setSystemTime(now + 30_000);
  expect(await askOf(bed, tool, { fields: ['count()', 'project'], series: true, from: 'now-30m' }))
    .toMatchInlineSnapshot(`
      "2 series
      Window: 2026-03-01T11:30:30Z to 2026-03-01T12:00:30Z

      \`movie-service\`, from 2026-03-01T11:30:00Z: 1 | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 1 (not over)
      \`ticket-service\`, from 2026-03-01T11:30:00Z: 0 | 1 | 1 | 1 | 1 | 1 | 0 | 1 | 1 | 1 | 1 | 1 | 0 | 1 | 1 | 1 | 1 | 1 | 0 | 1 | 1 | 1 | 1 | 1 | 0 | 1 | 1 | 1 | 1 | 1 | 0 (not over)
      Interval 1 min.

      Web: \`https://sentry.test/organizations/acme/explore/discover/results/?statsPeriod=30m&project=-1&dataset=errors&yAxis=count()&field=project\`
      API: GET organizations/acme/events-timeseries/"
    `);
});

describe('a picture', () => {
  const pictured = { fields: ['count()', 'project'], series: true, from: 'now-30m', chart: true };

  it('follows the text of a series', async () => {
    const { client } = await openBed({ now, fill });
    const { text, pictures } = await picturesOf(client, tool, pictured);
    expect(text).toContain('2 series');
    expect(pictures).toMatchObject([{ type: 'image', mimeType: 'image/png' }]);
  });

  it('leaves out the bucket that is not over', async () => {
    const late = now + 30_000;
    const withLate = async (count: number) => {
      const busy = (sentry: SentryDouble): void => {
        fill(sentry);
        const issue = sentry.world.addIssue('movie-service', { title: 'late' });
        if (count > 0) sentry.world.addEvents(issue, { count, from: now + 5000, to: now + 10_000 });
      };
      const { client } = await openBed({ now: late, fill: busy });
      vi.setSystemTime(late);
      return picturesOf(client, tool, pictured);
    };
    const [quiet, busy] = [await withLate(0), await withLate(500)];
    expect(busy.text).toContain('501 (not over)');
    expect(quiet.text).toContain('1 (not over)');
    expect(busy.pictures).toEqual(quiet.pictures);
    expect(busy.pictures).toHaveLength(1);
  });

  it('needs a series, and a table says so', async () => {
    const { client } = await openBed({ now, fill });
    const { text, pictures } = await picturesOf(client, tool, { fields: ['title', 'count()'], chart: true });
    expect(text).toContain('No picture: it needs series, with an aggregate as the first of fields.');
    expect(pictures).toEqual([]);
  });
});

describe('a table', () => {
  it('pages to its end by the cursor', async () => {
    const { client } = await openBed({ now, fill });
    const ids = new Set<string>();
    let [pages, cursor]: [number, string | undefined] = [0, undefined];
    do {
      const found: Table = await client.data<Table>(tool, {
        fields: ['id', 'title', 'timestamp'],
        sort: '-timestamp',
        limit: 100,
        from: 'now-25h',
        query: 'project:ticket-service',
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const [id = ''] of found.rows) ids.add(id);
      cursor = found.cursor;
      pages += 1;
    } while (cursor !== undefined);
    expect([pages, ids.size]).toEqual([13, 1250]);
  });

  it('is cut to the scope of --project, and to one environment', async () => {
    const { client, sentry } = await openBed({ now, argv: ['--project', 'movie-service'], fill });
    const found = await client.data<Table>(tool, { fields: ['project', 'count()'], environment: 'production' });
    expect(found.rows).toEqual([['movie-service', '60']]);
    const asked = sentry.requests.filter(({ path }) => path.endsWith('/events/')).map(({ query }) => query);
    expect(asked.map((query) => [query.getAll('project').length, query.getAll('environment')])).toEqual([
      [1, ['production']],
    ]);
  });

  it('of other datasets is asked for by their names', async () => {
    const { client } = await openBed({ now, fill });
    const logs = await client.data<Table>(tool, {
      dataset: 'logs',
      fields: ['message', 'severity', 'count()'],
      query: 'severity:warn',
    });
    expect(logs.rows).toEqual([['座席 read', 'warn', '30']]);
    const uptime = await client.data<Table>(tool, { dataset: 'uptime_results', fields: ['check_status', 'count()'] });
    expect(uptime.rows).toEqual([]);
  });

  it('without rows says what there is instead', async () => {
    const { client } = await openBed({ now, fill });
    const text = await client.ask(tool, { fields: ['title', 'count()'], query: 'title:nothing' });
    expect(text).toContain('0 rows');
    expect(text).toContain('Next: sentry_projects {}');
  });

  it('is marked as an estimate where a part of the data was scanned', async () => {
    const { client, sentry } = await openBed({ now, fill });
    sentry.world.sampling.dataScanned = 'partial';
    const { notes } = await client.data<Table>(tool, { fields: ['title', 'count()'] });
    expect(notes).toEqual(['Estimate: only part of the data was scanned.']);
  });

  it('is asked in the words of an older server', async () => {
    const { client } = await openBed({ now, mode: 'self-hosted', fill });
    const found = await client.data<Table>(tool, {
      dataset: 'spans',
      fields: ['transaction', 'p95(span.duration)'],
      sort: '-p95(span.duration)',
    });
    expect(found.rows).toEqual([['GET /movies', expect.stringMatching(/^8\d(\.\d)? ms$/)]]);
    const series = await client.data<Table>(tool, { fields: ['count()'], series: true });
    expect(series.series).toMatchObject([{ group: 'all' }]);
    for (const args of [{ fields: ['message'] }, { fields: ['count()'], series: true }]) {
      const refusal = await client.refusal(tool, { dataset: 'logs', ...args });
      expect(refusal).toMatchObject({
        code: 'backend_unsupported',
        text: expect.stringContaining('this Sentry has no logs') as string,
      });
      // names that this tool does not take
      expect(refusal.text).not.toContain('discover');
    }
  });
});

describe('a field that is not known', () => {
  it.each([
    [{ fields: ['titel', 'count()'] }, 'title'],
    [{ fields: ['error.typ', 'count()'] }, 'error.type'],
    [{ dataset: 'spans', fields: ['transactoin', 'count()'] }, 'transaction'],
    [{ dataset: 'spans', fields: ['p95(span.duratoin)'] }, 'span.duration'],
    [{ fields: ['title', 'cuont()'] }, 'count()'],
    [{ dataset: 'spans', fields: ['p59(span.duration)'] }, 'p50()'],
  ])('in %j is refused with the names that are near', async (args, near) => {
    const { client } = await openBed({ now, fill });
    const refusal = await client.refusal(tool, args);
    expect(refusal.code).toBe('invalid_input');
    expect(refusal.text).toContain('Known names that are near: ');
    expect(refusal.text).toContain(near);
  });

  it('is told by its empty column where Sentry takes it for a tag', async () => {
    const { client } = await openBed({
      now,
      fill: (sentry) => {
        fill(sentry);
        sentry.world.discover.unknownFields = 'tag';
      },
    });
    const { rows, notes } = await client.data<Table>(tool, { fields: ['titel', 'count()'] });
    expect(rows).toEqual([['–', expect.any(String) as string]]);
    expect(notes).toEqual([
      '1 field without a value in any row: unknown, or a tag that nothing carries. Near names: title.',
    ]);
  });

  it('says nothing of nearness where nothing is near', async () => {
    const { client } = await openBed({ now, fill });
    expect((await client.refusal(tool, { fields: ['qqqqqqqqqq'] })).text).not.toContain('near');
  });
});

describe('a series', () => {
  it('adds up to what a table counts, hour by hour', async () => {
    const { client } = await openBed({ now, fill });
    const args = { query: 'project:ticket-service', from: 'now-20h', to: 'now' };
    const { series, notes } = await client.data<Table>(tool, { ...args, fields: ['count()'], series: true });
    expect(notes[0]).toBe('Interval 1 h.');
    const sum = series[0]?.points.reduce((all, { value }) => all + Number(value.replaceAll(/,| .*/g, '')), 0);
    const { rows } = await client.data<Table>(tool, { ...args, fields: ['count()'] });
    expect(rows).toEqual([[sum?.toLocaleString('en')]]);
  });

  it('shows the groups that are largest and adds the others up', async () => {
    const { client } = await openBed({
      now,
      fill: ({ world }) => {
        for (let index = 0; index < 14; index += 1) {
          const one = world.addIssue(`service-${index}`, { title: 'x' });
          world.addEvents(one, { count: 14 - index, from: now - 20 * minute, to: now });
        }
      },
    });
    const { series } = await client.data<Table>(tool, { fields: ['count()', 'project'], series: true });
    expect(series.map(({ group }) => group)).toEqual([
      ...Array.from({ length: 10 }, (_, index) => `service-${index}`),
      'all others',
    ]);
  });

  it('of few samples is marked', async () => {
    const { client, sentry } = await openBed({ now, fill });
    sentry.world.sampling.confidence = 'low';
    sentry.world.sampling.sampleRate = 0.1;
    const { notes } = await client.data<Table>(tool, { dataset: 'spans', fields: ['count()'], series: true });
    expect(notes).toContain('Estimate of low confidence: few samples.');
  });

  it('of two aggregates is refused with what it takes', async () => {
    const { client } = await openBed({ now, fill });
    const args = { fields: ['count()', 'project', 'count_unique(user)'], series: true };
    expect(await client.refusal(tool, args)).toMatchObject({
      code: 'invalid_input',
      text: expect.stringContaining('series takes one aggregate first, then groups') as string,
    });
  });

  it('of nothing but a column is refused', async () => {
    const { client } = await openBed({ now, fill });
    expect(await client.refusal(tool, { fields: ['project'], series: true })).toMatchObject({
      code: 'invalid_input',
      text: expect.stringContaining('must be an aggregate for a series, such as count()') as string,
    });
  });
});

it('stays within 8 kB by default, however many and long the rows', async () => {
  const { client } = await openBed({
    now,
    fill: ({ world }) => {
      const one = world.addIssue('movie-service', { title: 'x'.repeat(500) });
      world.addEvents(one, { count: 500, from: now - hour, to: now, message: 'm'.repeat(500) });
    },
  });
  const text = await client.ask(tool, { fields: ['id', 'title', 'message', 'timestamp'] });
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(8000);
  expect(text).toMatch(/^20 rows\n/);
  expect(text).toContain('Cells are cut to 75 characters.');
  // data are whole
  const { rows } = await client.data<Table>(tool, { fields: ['title'] });
  expect(rows[0]?.[0]?.length).toBe(500);
});

it.each([
  [{ fields: [] }, 'fields'],
  [{ fields: Array.from({ length: 21 }, (_, index) => `f${index}`) }, 'fields'],
  [{ fields: ['title'], sort: '-count()' }, 'sort must be one of fields'],
  [{ fields: ['title'], dataset: 'discover' }, 'dataset'],
  [{ fields: ['title'], limit: 0 }, 'limit'],
  [{ fields: ['title'], query: 'title:"open' }, 'reason'],
  [{ fields: ['title'], from: 'now-100d' }, 'more than 90 d apart'],
  [{ fields: ['title'], projects: ['nobody'] }, 'Allowed: movie-service, ticket-service.'],
])('refuses %j', async (args, says) => {
  const { client } = await openBed({ now, fill });
  expect(await client.refusal(tool, args)).toMatchObject({
    code: 'invalid_input',
    text: expect.stringContaining(says) as string,
  });
});
