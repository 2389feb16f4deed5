import { setTimeout as delay } from 'node:timers/promises';
import { describeWithEachPrometheus } from '@cinecom/testbed/vitest';
import { beforeAll, expect, it } from 'vitest';
import { openBinary } from './support/binary.ts';
import { cinemaPrometheus } from './support/cinema.ts';

const minute = 60_000;
const hour = 60 * minute;
const cycle = 6 * hour;

interface Row {
  readonly alert: string;
  readonly severity: string;
  readonly labels?: string;
  readonly labelSets?: number;
  readonly from?: string;
  readonly to?: string;
  readonly times?: number;
  readonly minutes?: number;
  readonly flaps?: number;
  readonly note: string;
}

interface Report {
  readonly verdict: string;
  readonly findings: readonly { readonly id: string; readonly object: string }[];
  readonly rows: readonly Row[];
  readonly total: number;
  readonly cursor?: string;
  readonly notes: readonly string[];
}

// known to the second: fires 2 to 4 s into every eight, held for one more
const rules = `
groups:
  - name: live
    rules:
      - alert: Tide
        expr: vector(time() % 8) > 3
        for: 2s
        keep_firing_for: 1s
        labels: { severity: warning }
      - alert: Always
        expr: vector(1)
        labels: { severity: critical, hall: '東京 1' }
      - alert: Waits
        expr: vector(1)
        for: 1h
      - alert: Silent
        expr: vector(0) > 1
`;

// twelve minutes of each six hours; nothing marks its ends as stale, so each is seen five minutes longer
const stored = (at: number): number | undefined => {
  const into = at % cycle;
  return into >= hour && into < hour + 12 * minute ? 1 : undefined;
};

const options = () =>
  cinemaPrometheus({
    rules,
    days: 2,
    metrics: [
      {
        name: 'ALERTS',
        series: [
          {
            labels: { alertname: 'Disk.Full', alertstate: 'firing', severity: 'page', host: 'db-1' },
            valueAt: stored,
          },
          { labels: { alertname: 'DiskXFull', alertstate: 'pending', host: 'db-1' }, valueAt: stored },
        ],
      },
    ],
  });

describeWithEachPrometheus(options, 'prom_alert_history', ({ server }) => {
  const ask = async (input: Readonly<Record<string, unknown>>): Promise<Report> => {
    await using client = await openBinary(server().url, { argv: ['--results', 'structured'] });
    return (await client.call('prom_alert_history', input)).structuredContent as unknown as Report;
  };

  beforeAll(() => delay(26_000), 40_000); // three tides

  it('finds stored episodes as arithmetic does, whatever interval the rules of now have', async () => {
    // whole cycles only: what time of day it is must not cut an episode
    const end = Math.floor(Date.now() / cycle) * cycle;
    const period = { start: new Date(end - 7 * cycle).toISOString(), end: new Date(end).toISOString() };
    const { rows } = await ask({ ...period, alert: 'Disk.*' });
    expect(rows).toMatchObject([{ alert: 'Disk.Full', severity: 'page', labels: '{host="db-1"}', times: 7, flaps: 0 }]);
    expect(Math.abs((rows[0]?.minutes ?? 0) / 7 - 16)).toBeLessThanOrEqual(1.1);
  });

  it('tells what server says of a live rule, to within an evaluation', async () => {
    const { rows } = await ask({ start: 'now-1h', alert: 'Tide', view: 'timeline' });
    const whole = rows.filter(({ note }) => note === '');
    expect(whole.length).toBeGreaterThanOrEqual(2);
    for (const { from = '', to = '' } of whole.slice(0, -1)) {
      // holds from 3 s on, fires from 5 to 6 on up to 7 s and one evaluation more
      const lasted = (Date.parse(to) - Date.parse(from)) / 1000;
      expect(lasted).toBeGreaterThanOrEqual(1);
      expect(lasted).toBeLessThanOrEqual(4);
    }
  });

  it('tells noise from silence', async () => {
    const { rows, findings, verdict } = await ask({ start: 'now-25s', view: 'noise' });
    const byName = new Map(rows.map((row) => [row.alert, row]));
    expect(byName.get('Always')).toMatchObject({ labelSets: 1, times: 1, note: 'still firing' });
    expect(byName.get('Waits')).toMatchObject({ times: 0, note: 'never fired, was pending' });
    expect(byName.get('Silent')).toMatchObject({ times: 0, note: 'never fired' });
    expect(byName.has('DiskXFull')).toBe(false);
    expect(findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: 'always_firing', object: 'Always' }),
        expect.objectContaining({ id: 'never_fired', object: '2 rules' }),
      ]),
    );
    expect(verdict).toBe('critical'); // Always, of that severity, is not over
  });

  it('pages a long timeline', async () => {
    const first = await ask({ start: 'now-2d', view: 'timeline' });
    expect(first.total).toBeGreaterThan(8);
    expect(first.rows[0]?.from ?? '').not.toBe('');
    const begins = first.rows.map(({ from = '' }) => Date.parse(from));
    expect(begins).toEqual(begins.toSorted((a, b) => b - a));
  });

  it('says that nothing is known where no such alert fired or runs', async () => {
    const report = await ask({ alert: 'Nobody' });
    expect(report).toMatchObject({ verdict: 'unknown', total: 0 });
  });

  it.each([
    [{ start: 'now-91d' }, 'at most 90d'],
    [{ start: 'soon' }, 'start is no time'],
    [{ start: 'now', end: 'now-1h' }, 'start is not before end'],
  ])('refuses %j', async (input, says) => {
    await using client = await openBinary(server().url);
    expect((await client.refusal('prom_alert_history', input)).text).toContain(says);
  });
});
