import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyText } from '@cinecom/testbed';
import { describeWithEachPrometheus } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openClient, type PrometheusClient } from './support/open-client.ts';

interface Report {
  readonly verdict: string;
  readonly findings: readonly { readonly id: string; readonly object: string }[];
  readonly notExamined: readonly { readonly what: string; readonly why: string }[];
  readonly kpis: readonly {
    readonly name: string;
    readonly value?: number;
    readonly previous?: number;
    readonly lastWeek?: number;
    readonly change?: number;
    readonly gap?: number;
    readonly basis: string;
  }[];
}

const hour = 3_600_000;
const day = 24 * hour;

/** Orders: one a second for nine days, half of that in the last day; users: 40 by day, 20 in the last; young: two days old. */
function history(): string {
  const end = Math.floor((Date.now() - 150_000) / 300_000) * 300_000;
  const start = end - 9 * day;
  const lately = end - day;
  const orders = (at: number): number => (Math.min(at, lately) - start) / 1000 + Math.max(0, at - lately) / 2000;
  return historyText(
    [
      {
        name: 'orders_total',
        type: 'counter',
        series: ['a', 'b'].map((shop) => ({ labels: { shop }, valueAt: orders })),
      },
      { name: 'users', series: [{ valueAt: (at) => (at > lately ? 20 : 40) }] },
      { name: 'young', series: [{ valueAt: (at) => (at > end - 1.5 * day ? 7 : undefined) }] },
    ],
    { start, end, stepMs: 300_000 },
  );
}

const settings = {
  kpis: [
    { name: 'orders', query: 'sum(increase(orders_total[$window]))', unit: 'orders', target: 150_000 },
    { name: 'users', query: 'avg(last_over_time(users[10m]))', target: 10 },
    { name: 'users, fewer', query: 'avg(last_over_time(users[10m]))', direction: 'down' },
    { name: 'young', query: 'avg(last_over_time(young[10m]))' },
    { name: 'many', query: 'orders_total' },
    { name: 'gone', query: 'sum(no_such_metric)' },
    { name: 'broken', query: 'sum(' },
  ],
};

describeWithEachPrometheus(
  () => ({ history: history() }),
  'prom_kpis',
  (bed) => {
    const folder = mkdtempSync(join(tmpdir(), 'kpis-'));
    let client: PrometheusClient;
    beforeAll(async () => {
      const file = join(folder, 'settings.json');
      writeFileSync(file, JSON.stringify(settings));
      client = await openClient(bed.server().url, { argv: ['--settings', file] });
    });
    afterAll(async () => {
      await client[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    });

    const report = async (names?: readonly string[]): Promise<Report> => client.data<Report>('prom_kpis', { names });

    it('tells totals of the period, the one before and a week ago as arithmetic has them, and the gap', async () => {
      const { kpis, findings } = await report(['orders']);
      const [{ value, previous, lastWeek, change, gap, basis }] = kpis as [Report['kpis'][0]];
      // the last minutes before now have no samples; increase() extrapolates at most half a step over them
      expect(Math.abs(value! / 86_400 - 1)).toBeLessThan(0.01);
      expect(Math.abs(previous! / 172_800 - 1)).toBeLessThan(0.01);
      expect(Math.abs(lastWeek! / 172_800 - 1)).toBeLessThan(0.01);
      expect(Math.abs(change! + 0.5)).toBeLessThan(0.01);
      expect(gap).toBe(150_000 - value!);
      expect(basis).toBe('over 1d');
      expect(findings.map(({ id }) => id)).toEqual(['kpi_target_missed', 'kpi_worse']);
    });

    it('takes the mean of a level, and its direction', async () => {
      const { kpis, findings } = await report(['users', 'users, fewer']);
      for (const { value, previous, lastWeek } of kpis) {
        expect(Math.abs(value! - 20)).toBeLessThan(1);
        expect(Math.abs(previous! - 40)).toBeLessThan(1);
        expect(lastWeek).toBe(40);
      }
      expect(findings).toMatchObject([{ id: 'kpi_worse', object: 'users' }]);
    });

    it('does not compare with a period of which half is unknown', async () => {
      const { kpis, notExamined } = await report(['young']);
      expect(kpis[0]).toMatchObject({ value: 7 });
      expect(kpis[0]!.previous).toBeUndefined();
      expect(notExamined.map(({ what }) => what)).toEqual(['young in the period before', 'young a week ago']);
    });

    it.each([
      ['many', 'gives 2 series'],
      ['gone', 'unknown, not 0'],
      ['broken', 'cannot be read'],
    ])('does not guess: %s', async (name, why) => {
      const { verdict, notExamined } = await report([name]);
      expect(verdict).toBe('unknown');
      expect(notExamined.find(({ what }) => what === name)!.why).toContain(why);
    });

    it('names the KPIs there are, and how to set one where there is none', async () => {
      expect((await client.refusal('prom_kpis', { names: ['nope'] })).text).toContain('orders, users');
      await using bare = await openClient(bed.server().url);
      const text = await bare.ask('prom_kpis');
      expect(text).toContain('UNKNOWN: no KPI is set');
      expect(text).toContain('"kpis": [{"name": "orders"');
    });

    it('reads from the verdict down', async () => {
      const text = await client.ask('prom_kpis');
      expect(text.split('\n')[0]).toBe('WARNING: 1 target missed, 4 of 7 KPIs have a value');
      expect(text.length).toBeLessThan(8000);
    });
  },
);
