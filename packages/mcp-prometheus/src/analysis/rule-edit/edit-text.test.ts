import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { editRuleText, type RuleEdit } from './edit-text.ts';
import { lineDiff } from './line-diff.ts';

const file = `# owned by the box office
groups:
  - name: seats   # 座席
    interval: 30s
    rules:
      # asked for by Ken
      - alert: SeatsLow
        expr: seats_free < 10
        for: 5m # agreed in March
        labels:
          # nobody is woken
          severity: warning
          team: hall
        annotations: { summary: 'few seats' }

      - record: hall:seats:sum
        expr: |
          sum by (hall) (
            seats_free
          )
  # the second one
  - name: tickets
    rules: []
`;

function edited(edit: RuleEdit, text = file): string {
  const result = editRuleText(text, edit);
  if ('refused' in result) throw new Error(result.refused);
  return result.text;
}

const seatsLow = {
  alert: 'SeatsLow',
  expr: 'seats_free < 10',
  for: '5m',
  labels: { severity: 'warning', team: 'hall' },
  annotations: { summary: 'few seats' },
};
const changesIn = (after: string, before = file) => lineDiff(before, after).filter((line) => /^[+-]/.test(line));

describe('an edit of a rule file', () => {
  it.each([
    [
      'a number',
      { ...seatsLow, expr: 'seats_free < 5' },
      ['-         expr: seats_free < 10', '+         expr: seats_free < 5'],
    ],
    [
      'a line with a comment',
      { ...seatsLow, for: '10m' },
      ['-         for: 5m # agreed in March', '+         for: 10m # agreed in March'],
    ],
    [
      'one label below a comment',
      { ...seatsLow, labels: { severity: 'critical', team: 'hall' } },
      ['-           severity: warning', '+           severity: critical'],
    ],
    ['a key that is new', { ...seatsLow, keep_firing_for: '3m' }, ['+         keep_firing_for: 3m']],
    ['a label that goes', { ...seatsLow, labels: { severity: 'warning' } }, ['-           team: hall']],
    [
      'an annotation in braces',
      { ...seatsLow, annotations: { summary: 'no seats' } },
      ["-         annotations: { summary: 'few seats' }", '+         annotations: { summary: no seats }'],
    ],
    [
      'an expression of several lines',
      { ...seatsLow, expr: 'seats_free\n  < 5\n' },
      ['-         expr: seats_free < 10', '+         expr: |', '+           seats_free', '+             < 5'],
    ],
  ])('changes no line but that of %s', (_, rule, lines) => {
    expect(changesIn(edited({ op: 'update', group: 'seats', name: 'SeatsLow', rule }))).toEqual(lines);
  });

  it('changes nothing where the rule says the same', () => {
    expect(edited({ op: 'update', group: 'seats', name: 'SeatsLow', rule: seatsLow })).toBe(file);
  });

  it('replaces an expression of several lines', () => {
    const rule = { record: 'hall:seats:sum', expr: 'sum by (hall) (seats_free > 0)' };
    expect(changesIn(edited({ op: 'update', group: 'seats', name: 'hall:seats:sum', rule }))).toEqual([
      '-         expr: |',
      '-           sum by (hall) (',
      '-             seats_free',
      '-           )',
      '+         expr: sum by (hall) (seats_free > 0)',
    ]);
  });

  it('adds a rule at the end of its group, to an empty one, and with a group of its own', () => {
    const rule = { alert: 'A', expr: 'up == 0' };
    const added = ['+       - alert: A', '+         expr: up == 0'];
    expect(changesIn(edited({ op: 'add', group: 'seats', rule }))).toEqual(added);
    expect(changesIn(edited({ op: 'add', group: 'tickets', rule }))).toEqual([
      '-     rules: []',
      '+     rules:',
      ...added,
    ]);
    expect(changesIn(edited({ op: 'add', group: 'fresh', rule }))).toEqual([
      '+   - name: fresh',
      '+     rules:',
      ...added,
    ]);
    expect(parse(edited({ op: 'add', group: 'fresh', rule }, 'groups: []\n'))).toEqual({
      groups: [{ name: 'fresh', rules: [rule] }],
    });
  });

  it('adds to a file that ends without a line break', () => {
    const rule = { alert: 'A', expr: 'up == 0' };
    const text = 'groups:\n- name: g\n  rules:\n  - alert: B\n    expr: up';
    expect(edited({ op: 'add', group: 'g', rule }, text)).toBe(`${text}\n  - alert: A\n    expr: up == 0\n`);
  });

  it('deletes the lines of a rule and no comment beside it', () => {
    const lines = changesIn(edited({ op: 'delete', group: 'seats', name: 'SeatsLow' }));
    expect(lines).toHaveLength(8);
    expect(lines.every((line) => line.startsWith('- '))).toBe(true);
    expect(edited({ op: 'delete', group: 'seats', name: 'SeatsLow' })).toContain('# asked for by Ken');
  });

  it.each([
    ['no such rule', { op: 'delete', group: 'seats', name: 'Nothing' }, file],
    ['no such group', { op: 'delete', group: 'nothing', name: 'SeatsLow' }, file],
    [
      'anchors',
      { op: 'delete', group: 'g', name: 'A' },
      'groups:\n- name: g\n  rules:\n  - &a\n    alert: A\n    expr: up\n  - *a\n',
    ],
    [
      'a rule in braces',
      { op: 'update', group: 'g', name: 'A', rule: {} },
      'groups: [{ name: g, rules: [{ alert: A, expr: up }] }]\n',
    ],
    ['no rule file', { op: 'delete', group: 'g', name: 'A' }, 'nothing: here\n'],
    ['broken YAML', { op: 'delete', group: 'g', name: 'A' }, 'groups: [\n'],
  ] as const)('refuses %s', (_, edit, text) => {
    expect(editRuleText(text, edit as RuleEdit)).toHaveProperty('refused');
  });

  it('means what was asked for, and nothing else changes its meaning, whatever the texts are', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
    const labels = fc.dictionary(fc.constantFrom('severity', 'team', 'hall'), word);
    const rule = fc.record(
      { alert: fc.constant('SeatsLow'), expr: word, for: fc.constantFrom('1m', '5m'), labels, annotations: labels },
      { requiredKeys: ['alert', 'expr'] },
    );
    fc.assert(
      fc.property(rule, (wanted) => {
        const result = parse(edited({ op: 'update', group: 'seats', name: 'SeatsLow', rule: wanted })) as {
          groups: { rules: unknown[] }[];
        };
        const before = parse(file) as typeof result;
        expect(result.groups[0]!.rules).toEqual([wanted, before.groups[0]!.rules[1]]);
        expect(result.groups[1]).toEqual(before.groups[1]);
      }),
    );
  });
});

describe('a diff of lines', () => {
  it('makes one text of the other', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = lineDiff(before, after);
        const count = (sign: string) => lines.filter((line) => line.startsWith(sign)).length;
        expect(count('+ ') - count('- ')).toBe(after.split('\n').length - before.split('\n').length);
        expect(lines.length === 0).toBe(before === after);
      }),
    );
  });
});
