import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithProgram } from '@cinecom/testbed/vitest';
import { describe, expect, it } from 'vitest';
import { burnAlerts, errorRatioOver, lintRules, overWindow, readRuleFile, sloRules } from '../index.ts';

const promtool = '/usr/bin/promtool';

const day = 86_400_000;
const source = { good: 'http_requests_total{status!~"5.."}', total: 'sum(rate(http_requests_total[5m]))' };

describe('alerts on the burn of a budget', () => {
  it('are those of the workbook for 30 days, and scale with the window', () => {
    expect(burnAlerts(30 * day).map(({ factor, long, short, kind }) => `${factor} ${long}(${short}) ${kind}`)).toEqual([
      '14.4 1h(5m) page',
      '6 6h(30m) page',
      '3 1d(2h) ticket',
      '1 3d(6h) ticket',
    ]);
    expect(burnAlerts(7 * day).map(({ factor }) => factor)).toEqual([3.36, 1.4, 0.7, 0.233333]);
    expect(burnAlerts(day).map(({ long }) => long)).toEqual(['1h', '6h']);
  });
});

describe('a query over another window', () => {
  it.each([
    ['sum(rate(a_total[5m])) + sum(rate(b_total[1h]))', 'events', 'sum(rate(a_total[30d])) + sum(rate(b_total[30d]))'],
    ['sum(rate(a_total[$window]))', 'events', 'sum(rate(a_total[30d]))'],
    ['a_total{x="1"}', 'events', 'sum(rate(a_total{x="1"}[30d]))'],
    ['job:error_ratio:rate5m', 'ratio', 'avg_over_time((job:error_ratio:rate5m)[30d:])'],
    ['sum(a)', 'events', undefined],
    ['sum(', 'events', undefined],
  ] as const)('%s as %s', (query, kind, expected) => {
    expect(overWindow(query, '30d', kind)).toBe(expected);
  });

  it('counts all as failed where nothing is good, and nothing where there is no traffic', () => {
    expect(errorRatioOver(source, '1h')).toBe(
      '1 - ((sum(rate(http_requests_total{status!~"5.."}[1h]))) or 0 * (sum(rate(http_requests_total[1h])))) / ((sum(rate(http_requests_total[1h]))) > 0)',
    );
  });
});

const rules = ['checkout', 'shop "A": pay'].flatMap((name) =>
  [source, { errorRatio: 'job:error_ratio:rate5m' }].map((from) =>
    sloRules({ name, source: from, objective: 0.999, windowMs: 30 * day })!,
  ),
);

describe('rules for an objective', () => {
  it('pass the lint without a finding', () => {
    for (const text of rules) expect(lintRules(readRuleFile(text)).findings).toEqual([]);
    expect(rules[0]).toContain('> 14.4 * 0.001 and');
  });
});

describeWithProgram('promtool', 'promtool', () => {
  it('takes the rules for an objective', () => {
    const folder = mkdtempSync(join(tmpdir(), 'slo-rules-'));
    for (const [index, text] of rules.entries()) {
      const file = join(folder, `${index}.yml`);
      writeFileSync(file, text);
      expect(execFileSync(promtool, ['check', 'rules', file], { encoding: 'utf8' })).toContain('SUCCESS: 11 rules');
    }
    rmSync(folder, { recursive: true });
  });
});
