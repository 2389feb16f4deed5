import { setTimeout as delay } from 'node:timers/promises';
import { describeWithEachPrometheus } from '@cinecom/testbed/vitest';
import { describe, expect, it, vi } from 'vitest';
import { openBinary } from './support/binary.ts';
import { cinemaPrometheus } from './support/cinema.ts';

const minute = 60_000;
const hour = 60 * minute;

// ten minutes of each two hours at 80, five at 95: known to the minute
const queue = (at: number): number => {
  const into = at % (2 * hour);
  if (into >= 40 * minute && into < 50 * minute) return 80;
  return into >= 90 * minute && into < 95 * minute ? 95 : 10;
};

const rules = `
groups:
  - name: live
    rules:
      - alert: Tide
        expr: vector(time() % 8) > 3
        for: 2s
        keep_firing_for: 1s
        labels: { severity: warning }
`;

const options = () =>
  cinemaPrometheus({
    rules,
    days: 3,
    metrics: [{ name: 'queue_length', series: [{ labels: { hall: '東京' }, valueAt: queue }] }],
  });

const written = (more: string) => `
alert: QueueLong
expr: queue_length > 50
${more}
labels: { severity: warning }
`;

describe('prom_backtest_rule', () => {
  describeWithEachPrometheus(options, 'on a constructed history', ({ server }) => {
    const ask = async (input: Readonly<Record<string, unknown>>) => {
      await using client = await openBinary(server().url, { argv: ['--results', 'structured'] });
      const answer = await client.call('prom_backtest_rule', input);
      return answer.structuredContent as {
        verdict: string;
        figures: { alerts: number; firingMinutes: number; longestMinutes: number; perDay: number };
        sweep: readonly { threshold: number; alerts: number; firingMinutes: number }[];
        notes: readonly string[];
      };
    };
    const group = (body: string) =>
      `groups:\n  - name: g\n    interval: 1m\n    rules:\n      - ${body.trim().replaceAll('\n', '\n        ')}\n`;

    it('finds each episode that arithmetic finds, to within one evaluation', async () => {
      const { figures } = await ask({ rule: group(written('for: 3m')), range: '2d' });
      // evaluations 0 to 9 and 0 to 4 hold; with 3 min of pending 3 to 9 and 3 to 4 fire, a minute each
      const pairs = 24;
      expect(Math.abs(figures.alerts - 2 * pairs)).toBeLessThanOrEqual(1);
      expect(Math.abs(figures.firingMinutes - pairs * (7 + 2))).toBeLessThanOrEqual(7);
      expect(figures.longestMinutes).toBe(7);
    });

    it('sweeps thresholds: never more minutes as the threshold rises, and says which is calm', async () => {
      const { sweep, notes } = await ask({ rule: group(written('for: 3m')), range: '2d', sweep: [90, 5, 50, 99] });
      expect(sweep.map(({ threshold }) => threshold)).toEqual([5, 50, 90, 99]);
      const minutes = sweep.map(({ firingMinutes }) => firingMinutes);
      expect(minutes).toEqual(minutes.toSorted((a, b) => b - a));
      expect(sweep.at(-1)).toMatchObject({ alerts: 0, firingMinutes: 0 });
      expect(notes.at(-1)).toBe('One alert a day or fewer: 99.'); // 5 fires always
    });

    it('says that it cannot tell where the metric is not there', async () => {
      const { verdict } = await ask({ rule: group('alert: Nothing\nexpr: no_such_metric > 1'), range: '1d' });
      expect(verdict).toBe('unknown');
    });

    it('warns of a rule that fires always', async () => {
      await using client = await openBinary(server().url);
      const answer = await client.ask('prom_backtest_rule', {
        rule: group('alert: Always\nexpr: queue_length > 5'),
        range: '1d',
      });
      expect(answer).toMatch(/^WARNING: would have fired 1 time [^]*\|warning\|always_firing\|`Always`\|/);
    });

    it.each([
      [{}, 'give rule or name'],
      [{ name: 'Nobody' }, 'no alerting rule of that name is running'],
      [{ rule: 'alert: A\nexpr: up\nexpression: 1' }, 'rule is not read at line 3'],
      [{ rule: 'record: a:b\nexpr: up' }, 'exactly one alerting rule'],
      [{ rule: 'alert: A\nexpr: up', sweep: [1] }, 'sweep cannot be made'],
      [{ rule: 'alert: A\nexpr: up', range: '1y' }, 'range must be a duration from 1h to 90d'],
    ])('refuses %j', async (input, says) => {
      await using client = await openBinary(server().url);
      expect((await client.refusal('prom_backtest_rule', input)).text).toContain(says);
    });
  });

  describeWithEachPrometheus(options, 'against a rule that runs', ({ server }) => {
    it('agrees with what is stored of it, within one interval', async () => {
      await vi.waitFor(
        async () =>
          expect(await server().ask('query', { query: 'ALERTS{alertstate="firing"}' })).toMatchObject({ result: [{}] }),
        20_000,
      );
      await delay(20_000); // two tides more
      await using client = await openBinary(server().url);
      const answer = await client.ask('prom_backtest_rule', { name: 'Tide', range: '1h' });
      const [, share, evaluations] = /Agrees with the stored ALERTS at ([\d.]+) % of (\d+) firing/.exec(answer) ?? [];
      expect(Number(evaluations)).toBeGreaterThan(8);
      expect(Number(share)).toBeGreaterThanOrEqual(90);
      const [ownRules = ''] = rules.split('- alert: Tide').slice(1);
      const same = await client.ask('prom_backtest_rule', {
        rule: `alert: Tide${ownRules.replace('vector(time() % 8) > 3', 'vector( time()%8 )>3')}`.replaceAll(
          /^ {8}/gm,
          '',
        ),
        range: '1h',
      });
      expect(same).toContain('Agrees with the stored ALERTS');
    });
  });
});
