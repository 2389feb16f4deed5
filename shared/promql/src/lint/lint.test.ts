import { describe, expect, it } from 'vitest';
import { type LintFacts, lintRules, parseQuery, readRuleFile, selectorKey, selectorsOf } from '../index.ts';

const complete = `labels: { severity: warning }
        annotations: { summary: s, runbook_url: u }`;

function alert(expr: string, rest = `for: 5m\n        ${complete}`): string {
  return `groups:
  - name: g
    rules:
      - alert: A
        expr: |
          ${expr.replaceAll('\n', '\n          ')}
        ${rest}
`;
}

function found(text: string, facts?: LintFacts): readonly string[] {
  return lintRules(readRuleFile(text), facts).findings.map(({ id, severity, line }) => `${severity} ${id} ${line}`);
}

function keyOf(query: string): string {
  return selectorKey(selectorsOf(parseQuery(query).expr!)[0]!.selector);
}

describe('a rule of alerts', () => {
  it.each([
    ['up', 'warning missing_comparison 4'],
    ['a > bool 5', 'warning missing_comparison 4'],
    ['sum(rate(a_total[5m])) by (job)', 'warning missing_comparison 4'],
    ['topk(3, a) > 5', 'warning topk 6'],
    ['up\n  == on (', 'error syntax 7'],
    ['sum(a\n  [5m]) > 1', 'error type 6'],
    ['a{b=~"("} > 1', 'error regex 6'],
    ['a > $threshold', 'error syntax 6'],
    ['sum(rate(node_memory_MemFree_bytes[5m])) > 5', 'warning rate_on_gauge 6'],
    ['rate(sum(a_total)[5m:1m]) > 5', 'warning rate_of_sum 6'],
    ['max(rate(job:a:sum[5m])) > 5', 'warning rate_of_sum 6'],
    ['a_total > 5', 'warning counter_raw 6'],
    ['rate(http_requests_total{status=~"5.."}[5m]) > 0.1', 'warning rate_not_ratio 6'],
    ['rate(a_total[5m]) > 3', 'info rate_per_series 6'],
    ['a / a_limit > 0.8', 'warning division_by_zero 6'],
    ['a / b > 0.8', 'info division_by_zero 6'],
    ['container_memory_usage_bytes > 1e9', 'info usage_not_working_set 6'],
    ['a{b=~"plain"} > 1', 'info regex_plain 6'],
    ['a{b=~"^x.*"} > 1', 'info regex_anchored 6'],
    ['sum by (x) (a) > sum by (y) (b)', 'warning unequal_labels 6'],
    ['sum by (x) (a) > on (z) b', 'warning unequal_labels 6'],
    ['postgres_up == 0', 'warning metric_name 6'],
  ])('%s: %s', (expr, expected) => {
    expect(found(alert(expr))).toEqual([expected]);
  });

  it.each([
    'up == 0',
    'vector(1)',
    'absent(up{job="a"})',
    'sum by (job) (rate(a_total{code="500"}[5m])) / sum by (job) (rate(a_total[5m])) > 0.1',
    'a / (a_limit > 0) > 0.8',
    'a / a_limit < 0.1',
    'a / clamp_min(b, 1) > 3',
    'increase(a_total[1h]) > 5',
    'count(a_total) < 3',
    'a > 5 unless on (job) b',
    'a > 1 and on (job) sum by (job) (c) > 2',
    'x * on (node) group_left (role) topk by (node) (1, kube_node_role) > 5',
    'predict_linear(node_filesystem_avail_bytes[6h], 4 * 3600) < 0',
  ])('has nothing against %s', (expr) => {
    expect(found(alert(expr))).toEqual([]);
  });

  it('needs for where absence is asked, severity, summary and runbook', () => {
    expect(found(alert('absent(up)', complete))).toEqual(['warning absent_for 4']);
    expect(found(alert('absent(up)'), { scrapeIntervalMs: 300_000 })).toContain('warning absent_for 4');
    expect(found(alert('up == 0', 'for: 1m'))).toEqual([
      'warning missing_severity 4',
      'warning missing_summary 4',
      'info missing_runbook 4',
    ]);
  });

  it('may not put the value into a label, nor ask for labels that are gone', () => {
    const text = alert(
      'sum by (job) (a) > 5',
      `for: 5m
        labels:
          severity: "{{ $value }}"
        annotations:
          summary: "{{ $labels.job }} at {{ $labels.instance }}"
          runbook_url: "{{ if true }}{{ nofun 1 }}"`,
    );
    expect(found(text)).toEqual([
      'error value_in_label 9',
      'error template 12',
      'error template 12',
      'warning template_label 11',
    ]);
  });

  it('is held against what the server knows', () => {
    const rated = alert(
      'rate(a_total{x="1"}[1m]) > 0 unless b offset 10d',
      `for: 5m\n        ${complete.replace('{ severity', '{ region: x, severity')}`,
    );
    const facts: LintFacts = {
      scrapeIntervalMs: 45_000,
      retentionMs: 86_400_000,
      externalLabels: { region: 'eu' },
      metrics: new Map([['a_total', { presence: 'now', type: 'gauge' }]]),
      selectors: new Map([
        [keyOf('a_total{x="1"}'), { presence: 'never', culprit: { label: 'x', kind: 'value', instead: ['2'] } }],
      ]),
      alwaysFiring: new Set(['A']),
      failingRecords: new Set(['b']),
    };
    expect(found(rated, facts)).toEqual([
      'error window_short 6',
      'error rate_on_gauge 6',
      'error failing_dependency 6',
      'warning always_firing 4',
      'warning beyond_retention 6',
      'warning value_absent 6',
      'warning external_label 8',
    ]);
    expect(lintRules(readRuleFile(rated), facts).notExamined).toEqual([]);
    expect(lintRules(readRuleFile(rated)).notExamined.map(({ what }) => what)).toHaveLength(7);
  });

  it('names the nearest metric where one is absent now and for 7 days', () => {
    const facts: LintFacts = {
      metrics: new Map([['http_request_totl', { presence: 'never' }]]),
      knownMetrics: ['up', 'http_requests_total', 'http_request_total'],
    };
    const [finding] = lintRules(readRuleFile(alert('http_request_totl > 5')), facts).findings;
    expect(finding).toMatchObject({ id: 'metric_absent', severity: 'error' });
    expect(finding!.fix).toContain('http_request_total, http_requests_total');
  });
});

describe('a rule file', () => {
  it('is refused with the line of what is wrong', () => {
    const text = `groups:
  - name: g
    interval: 10x
    nope: 1
    rules:
      - record: bad-name
        expr: a
        for: 5m
      - alert: B
        labels: { "a-b": c }
`;
    expect(readRuleFile(text).problems.map(({ line, message }) => `${line} ${message}`)).toEqual([
      '3 interval is no duration such as 30s, 5m or 1h30m',
      '4 a key that is not known here; allowed: name, interval, query_offset, limit, labels, rules',
      '6 record is no valid metric name',
      '8 for is not allowed in a recording rule',
      '9 expr must be set',
      '10 a name under labels is not valid',
    ]);
    expect(readRuleFile('groups: [}').problems[0]).toMatchObject({ line: 1 });
    expect(readRuleFile('- a').problems[0]?.message).toContain('groups');
  });

  it('may not name a group or a rule twice, nor be evaluated seldom', () => {
    const group = `  - name: g
    interval: 10m
    rules:
      - record: a:b
        expr: sum(up)
`;
    expect(found(`groups:\n${group}${group}`)).toEqual([
      'error duplicate_group 7',
      'warning group_interval 2',
      'warning group_interval 7',
      'warning duplicate_rule 10',
    ]);
  });

  it('may use anchors and aliases', () => {
    const text = `groups:
  - name: g
    rules:
      - { alert: A, expr: up == 0, labels: &labels { severity: page } }
      - { alert: B, expr: up == 0, labels: *labels }
`;
    const { groups, problems } = readRuleFile(text);
    expect(problems).toEqual([]);
    expect(groups[0]?.rules.map(({ labels }) => labels)).toEqual([{ severity: 'page' }, { severity: 'page' }]);
  });

  it('may be one rule or a list of rules where that is allowed', () => {
    const rule = 'alert: A\nexpr: up == 0\nfor: 1m30s\n';
    expect(readRuleFile(rule, { loose: true }).groups[0]?.rules).toMatchObject([
      { name: 'A', forMs: 90_000, exprLine: 2 },
    ]);
    expect(readRuleFile(`- ${rule.replaceAll('\n', '\n  ')}`, { loose: true }).groups[0]?.rules).toHaveLength(1);
    expect(readRuleFile(rule).problems).not.toEqual([]);
  });
});
