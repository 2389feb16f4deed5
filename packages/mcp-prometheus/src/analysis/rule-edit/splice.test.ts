import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { diffOf } from './diff.ts';
import { editRules, type RuleEditRequest } from './splice.ts';

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

function edited(request: RuleEditRequest, text = file): string {
  const result = editRules(text, request);
  if ('refused' in result) throw new Error(result.refused);
  return result.text;
}

function updated(rule: object, name = 'SeatsLow', group: string | undefined = 'seats'): string {
  return edited({ op: 'update', group, name, rule: stringify(rule) });
}

const seatsLow = {
  alert: 'SeatsLow',
  expr: 'seats_free < 10',
  for: '5m',
  labels: { severity: 'warning', team: 'hall' },
  annotations: { summary: 'few seats' },
};
const changesIn = (after: string, before = file) => diffOf(before, after).filter((line) => /^[+-]/.test(line));

describe('an edit of a rule file', () => {
  it.each([
    [
      'a number',
      { ...seatsLow, expr: 'seats_free < 5' },
      ['-        expr: seats_free < 10', '+        expr: seats_free < 5'],
    ],
    [
      'a line with a comment',
      { ...seatsLow, for: '10m' },
      ['-        for: 5m # agreed in March', '+        for: 10m # agreed in March'],
    ],
    [
      'one label below a comment',
      { ...seatsLow, labels: { severity: 'critical', team: 'hall' } },
      ['-          severity: warning', '+          severity: critical'],
    ],
    ['a key that is new', { ...seatsLow, keep_firing_for: '3m' }, ['+        keep_firing_for: 3m']],
    ['a label that goes', { ...seatsLow, labels: { severity: 'warning' } }, ['-          team: hall']],
    [
      'an annotation in braces',
      { ...seatsLow, annotations: { summary: 'no seats' } },
      ["-        annotations: { summary: 'few seats' }", '+        annotations: { summary: no seats }'],
    ],
    [
      'an expression of several lines',
      { ...seatsLow, expr: 'seats_free\n  < 5\n' },
      ['-        expr: seats_free < 10', '+        expr: |', '+          seats_free', '+            < 5'],
    ],
  ])('changes no line but that of %s', (_, rule, lines) => {
    expect(changesIn(updated(rule))).toEqual(lines);
  });

  it('changes nothing where the rule says the same', () => {
    expect(updated(seatsLow)).toBe(file);
  });

  it('replaces an expression of several lines', () => {
    const rule = { record: 'hall:seats:sum', expr: 'sum by (hall) (seats_free > 0)' };
    expect(changesIn(updated(rule, 'hall:seats:sum'))).toEqual([
      '-        expr: |',
      '-          sum by (hall) (',
      '-            seats_free',
      '-          )',
      '+        expr: sum by (hall) (seats_free > 0)',
    ]);
  });

  it('adds a rule at the end of its group as it was given, and with a group of its own', () => {
    const rule = 'alert: A\nexpr: up == 0  # no target\n';
    const added = ['+      - alert: A', '+        expr: up == 0  # no target'];
    expect(changesIn(edited({ op: 'add', group: 'seats', rule }))).toEqual(added);
    expect(changesIn(edited({ op: 'add', group: 'fresh', rule }))).toEqual([
      '+  - name: "fresh"',
      '+    rules:',
      ...added,
    ]);
  });

  it('takes the whole rule as it was given where it has comments of its own', () => {
    const rule = 'alert: SeatsLow\nexpr: seats_free < 3 # three\n';
    const after = edited({ op: 'update', group: undefined, name: 'SeatsLow', rule });
    expect(after).toContain('      - alert: SeatsLow\n        expr: seats_free < 3 # three\n\n      - record:');
  });

  it('deletes the lines of a rule and no comment beside it', () => {
    const lines = changesIn(edited({ op: 'delete', group: 'seats', name: 'SeatsLow' }));
    expect(lines).toHaveLength(8);
    expect(lines.every((line) => line.startsWith('-'))).toBe(true);
    expect(edited({ op: 'delete', group: 'seats', name: 'SeatsLow' })).toContain('# asked for by Ken');
  });

  it.each([
    ['no such rule', { op: 'delete', group: 'seats', name: 'Nothing' }, file],
    ['no such group', { op: 'delete', group: 'nothing', name: 'SeatsLow' }, file],
    [
      'the only rule of a group',
      { op: 'delete', group: 'g', name: 'A' },
      'groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up\n',
    ],
    [
      'a rule in braces',
      { op: 'delete', group: 'g', name: 'A' },
      'groups: [{ name: g, rules: [{ alert: A, expr: up }] }]\n',
    ],
    ['no rule file', { op: 'delete', group: 'g', name: 'A' }, 'nothing: here\n'],
    ['broken YAML', { op: 'delete', group: 'g', name: 'A' }, 'groups: [\n'],
  ] as const)('refuses %s', (_, request, text) => {
    expect(editRules(text, request)).toHaveProperty('refused');
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
        const result = parse(updated(wanted)) as {
          groups: { rules: unknown[] }[];
        };
        const before = parse(file) as typeof result;
        expect(result.groups[0]!.rules).toEqual([wanted, before.groups[0]!.rules[1]]);
        expect(result.groups[1]).toEqual(before.groups[1]);
      }),
    );
  });
});

describe('a diff', () => {
  it('makes one text of the other', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = diffOf(before, after);
        const count = (sign: string) => lines.filter((line) => line.startsWith(sign)).length;
        expect(count('+') - count('-')).toBe(after.split('\n').length - before.split('\n').length);
        expect(lines.length === 0).toBe(before === after);
      }),
    );
  });
});
