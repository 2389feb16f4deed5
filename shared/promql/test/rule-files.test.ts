import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithProgram } from '@cinecom/testbed/vitest';
import { describe, expect, it } from 'vitest';
import { lintRules, readRuleFile } from '../src/index.ts';

const promtool = '/usr/bin/promtool';

const root = join(import.meta.dirname, '../../..');
const data = join(root, '../shared/data');
const seed = join(data, 'seed/alert_rules.yml');
const corpus = join(data, 'promrules');
const example = join(root, 'examples/prometheus/alert_rules.yml');

const firstDraft = `groups:
  - name: shop
    rules:
      - alert: HighErrorRate
        expr: rate(http_requests_total{status=~"5.."}[5m]) > 0.1
      - alert: HighMemoryUsage
        expr: container_memory_usage_bytes / container_spec_memory_limit_bytes > 0.8
      - alert: DatabaseConnectionFail
        expr: postgres_up == 0
`;

function defects(text: string): Readonly<Record<string, readonly string[]>> {
  const { findings } = lintRules(readRuleFile(text));
  const wanted = findings.filter(({ id }) => !id.startsWith('missing_'));
  return Object.fromEntries(
    [...new Set(wanted.map(({ rule }) => rule))].map((rule) => [
      rule,
      wanted.filter((one) => one.rule === rule).map(({ id }) => id),
    ]),
  );
}

const expected = {
  HighErrorRate: ['rate_not_ratio'],
  HighMemoryUsage: ['division_by_zero', 'usage_not_working_set'],
  DatabaseConnectionFail: ['metric_name'],
};

describe('three rules that promtool lets pass', () => {
  it('each show their defect', () => {
    expect(defects(firstDraft)).toEqual(expected);
  });

  it.skipIf(!existsSync(seed))('do so in the file that was given', () => {
    expect(defects(readFileSync(seed, 'utf8'))).toEqual(expected);
  });

  it('are clean in the corrected file', () => {
    const report = lintRules(readRuleFile(readFileSync(example, 'utf8')));
    expect(report.findings).toEqual([]);
    expect(report.rules).toBe(4);
  });
});

describeWithProgram('promtool', 'promtool', () => {
  it('takes the corrected file', () => {
    expect(execFileSync(promtool, ['check', 'rules', example], { encoding: 'utf8' })).toContain('SUCCESS: 4 rules');
  });
});

describe.skipIf(!existsSync(corpus))('public rule files', () => {
  it('are read without a problem, and no rule of them has an error', () => {
    let rules = 0;
    for (const name of readdirSync(corpus).filter((file) => /\.ya?ml$/.test(file))) {
      const report = lintRules(readRuleFile(readFileSync(join(corpus, name), 'utf8')));
      rules += report.rules;
      expect([name, report.findings.filter(({ severity }) => severity === 'error')]).toEqual([name, []]);
    }
    expect(rules).toBeGreaterThan(200);
  });
});
