import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyText } from '@cinecom/testbed';
import { describeWithEachPrometheus } from '@cinecom/testbed/vitest';
import { lintRules, readRuleFile } from '@cinecom/promql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openClient, type PrometheusClient } from './support/open-client.ts';

const promtool = '/usr/bin/promtool';

interface Report {
  readonly verdict: string;
  readonly findings: readonly { readonly id: string; readonly severity: string; readonly evidence: string }[];
  readonly objectives: readonly {
    readonly name: string;
    readonly labels: string;
    readonly budgetLeft?: number;
    readonly errorRatio?: number;
    readonly burns: readonly { readonly window: string; readonly burn: number }[];
    readonly firing: readonly string[];
  }[];
  readonly notExamined: readonly { readonly what: string }[];
  readonly rules?: string;
}

const hour = 3_600_000;
const perSecond = 100;
const errors = { before: 0.005, lately: 0.05 };
const counters = { good: 'requests_total{status!="500"}', total: 'requests_total' };

/** Two days of steady traffic with few errors, of which the last hour has ten times as many; a service that nobody calls. */
function history(): string {
  const end = Math.floor((Date.now() - 150_000) / 30_000) * 30_000;
  const start = end - 48 * hour;
  const failed = (at: number): number =>
    ((Math.min(at, end - hour) - start) / 1000) * perSecond * errors.before +
    (Math.max(0, at - (end - hour)) / 1000) * perSecond * errors.lately;
  const all = (at: number): number => ((at - start) / 1000) * perSecond;
  return historyText(
    [
      {
        name: 'requests_total',
        type: 'counter',
        series: [
          { labels: { status: '200' }, valueAt: (at) => all(at) - failed(at) },
          { labels: { status: '500' }, valueAt: failed },
        ],
      },
      { name: 'idle_total', type: 'counter', series: [{ labels: { status: '200' }, valueAt: () => 5 }] },
      { name: 'broken_total', type: 'counter', series: [{ labels: { status: '500' }, valueAt: all }] },
    ],
    { start, end, stepMs: 30_000 },
  );
}

describeWithEachPrometheus(
  () => ({ history: history() }),
  'prom_slo_report',
  (bed) => {
    let client: PrometheusClient;
    beforeAll(async () => {
      client = await openClient(bed.server().url);
    });
    afterAll(async () => client[Symbol.asyncDispose]());

    const report = async (args: Readonly<Record<string, unknown>>): Promise<Report> =>
      client.data<Report>('prom_slo_report', args);

    it('tells the budget left and the burn of each window as arithmetic has them', async () => {
      const { objectives, findings } = await report({ ...counters, objective: 0.99, window: '1d' });
      const [{ budgetLeft, burns }] = objectives as [Report['objectives'][0]];
      const ratio = (errors.before * 23 + errors.lately) / 24;
      expect(Math.abs(budgetLeft! - (1 - ratio / 0.01))).toBeLessThan(0.02);
      const burnOf = (window: string): number => burns.find((one) => one.window === window)!.burn;
      expect(Math.abs(burnOf('30m') - 5)).toBeLessThan(0.05);
      expect(Math.abs(burnOf('6h') - (errors.before * 5 + errors.lately) / 6 / 0.01)).toBeLessThan(0.1);
      expect(burns.map(({ window }) => window)).toEqual(['5m', '30m', '1h', '2h', '6h', '1d', '3d']);
      // 0.02 × 24 h / 1 h and 0.05 × 24 h / 6 h are what a day allows
      expect(findings).toMatchObject([{ id: 'burn_page', severity: 'critical' }]);
    });

    it('says which alert would fire, and that the budget is spent', async () => {
      const { objectives, findings, verdict } = await report({ ...counters, objective: 0.999, window: '30d' });
      expect(objectives[0]!.firing[0]).toBe('page: ×14.4 over 1h (5m)');
      expect(findings.map(({ id }) => id)).toEqual(['burn_page', 'budget_exhausted']);
      expect(verdict).toBe('critical');
      const calm = await report({ ...counters, objective: 0.9, window: '30d' });
      expect(calm).toMatchObject({ verdict: 'ok', findings: [] });
    });

    it('takes an error ratio as well, and counts a service with no good answer as failed', async () => {
      const ratio = await report({
        errorRatio: 'sum(rate(requests_total{status="500"}[5m])) / sum(rate(requests_total[5m]))',
        objective: 0.99,
        window: '1d',
      });
      const counted = await report({ ...counters, objective: 0.99, window: '1d' });
      expect(Math.abs(ratio.objectives[0]!.budgetLeft! - counted.objectives[0]!.budgetLeft!)).toBeLessThan(0.01);
      const broken = await report({ good: 'broken_total{status!="500"}', total: 'broken_total', window: '1d' });
      expect(broken.objectives[0]!.errorRatio).toBe(1);
    });

    it('is unknown without traffic, not 100 %', async () => {
      const { verdict, notExamined, objectives } = await report({ good: 'idle_total', total: 'idle_total' });
      expect(verdict).toBe('unknown');
      expect(notExamined.map(({ what }) => what)).toContain('the budget');
      expect(objectives).toEqual([]);
    });

    it('takes the objectives of the settings', async () => {
      const file = join(bed.server().folder, 'settings.json');
      const slos = [
        { name: 'shop', ...counters, objective: 0.9, window: '7d' },
        { name: 'idle', good: 'idle_total', total: 'idle_total', objective: 0.99 },
      ];
      writeFileSync(file, JSON.stringify({ slos }));
      await using own = await openClient(bed.server().url, { argv: ['--settings', file] });
      const all = await own.data<Report>('prom_slo_report');
      expect(all.objectives.map(({ name }) => name)).toEqual(['shop']);
      expect(all.verdict).toBe('unknown');
      expect((await own.data<Report>('prom_slo_report', { name: 'shop' })).verdict).toBe('ok');
      expect((await own.refusal('prom_slo_report', { name: 'none' })).text).toContain('shop, idle');
    });

    it('gives rules that pass the own lint and promtool', async () => {
      const { rules } = await report({ ...counters, name: 'checkout', rules: true });
      expect(lintRules(readRuleFile(rules!)).findings).toEqual([]);
      const file = join(bed.server().folder, 'slo.yml');
      writeFileSync(file, rules!);
      expect(execFileSync(promtool, ['check', 'rules', file], { encoding: 'utf8' })).toContain('SUCCESS: 11 rules');
    });

    it('says what is missing', async () => {
      expect(await client.refusal('prom_slo_report', {})).toMatchObject({ code: 'invalid_input' });
      expect((await client.refusal('prom_slo_report', { good: 'a' })).text).toContain('good and total go together');
      expect((await client.refusal('prom_slo_report', { good: 'sum(a)', total: 'b' })).text).toContain('no counter');
    });

    it('reads from the budget down', async () => {
      const text = await client.ask('prom_slo_report', { ...counters, objective: 0.999, rules: true });
      expect(text.split('\n')[0]).toMatch(/^CRITICAL: [\d.-]+ % of the error budget left/);
      expect(text).toContain('slo:error_ratio:rate5m');
      expect(text.length).toBeLessThan(8000);
    });
  },
);
