import { isMap, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { mergeMap } from './merge-map.ts';
import { saysTheSame } from './says-the-same.ts';
import {
  columnOf,
  extent,
  hasReferences,
  itemText,
  lineEnd,
  lineStart,
  mapOf,
  type Plain,
  seqOf,
  type Splice,
  spliced,
} from './yaml-lines.ts';

/** One change of one rule. */
export type RuleEdit =
  | { readonly op: 'add'; readonly group: string; readonly rule: Plain }
  | { readonly op: 'update'; readonly group: string; readonly name: string; readonly rule: Plain }
  | { readonly op: 'delete'; readonly group: string; readonly name: string };

/** Why an edit is not made; names of the file are not in it. */
export interface EditRefusal {
  readonly refused: string;
  readonly fix: string;
}

/**
 * A rule file with one rule changed and every other line, comment and order as it was.
 *
 * The result is read again and compared: nothing but the rule may have changed its meaning.
 */
export function editRuleText(original: string, edit: RuleEdit): { readonly text: string } | EditRefusal {
  const text = original.endsWith('\n') ? original : `${original}\n`;
  const document = parseDocument(text);
  const groups = mapOf(document.contents)?.get('groups', true);
  if (document.errors.length > 0 || !isSeq(groups)) return refusal('the file is no rule file', 'Repair it first');
  if (hasReferences(text)) return refusal('the file uses anchors or tags of YAML', 'Edit it by hand');
  const made = splicesFor(text, groups, edit);
  if ('refused' in made) return made;
  const result = spliced(text, made.splices);
  const after = parseDocument(result);
  const isRight =
    after.errors.length === 0 && saysTheSame(after.toJS(), wantedFile(document.toJS() as PlainFile, edit));
  return isRight
    ? { text: result }
    : refusal('the layout of the file is not one that can be edited safely', 'Edit it by hand');
}

type Splices = { readonly splices: readonly Splice[] } | EditRefusal;

function splicesFor(text: string, groups: YAMLSeq, edit: RuleEdit): Splices {
  const same = groups.items.filter((item) => isMap(item) && item.get('name') === edit.group) as YAMLMap[];
  if (same.length > 1) return refusal('two groups have that name', 'Rename one of them');
  const [group] = same;
  if (group === undefined) return edit.op === 'add' ? newGroup(text, groups, edit) : noGroup;
  const rules = group.get('rules', true);
  if (edit.op === 'add') return addRule(text, group, edit.rule);
  const found = (seqOf(rules)?.items ?? []).filter((item) => isMap(item) && nameOf(item) === edit.name) as YAMLMap[];
  const [rule] = found;
  if (rule === undefined)
    return refusal('the group has no rule of that name', 'prom_check_rules with source file lists them');
  if (found.length > 1) return refusal('the group has several rules of that name', 'Edit it by hand');
  if (rule.flow) return refusal('the rule is written on one line in braces', 'Edit it by hand');
  if (edit.op === 'update') return { splices: mergeMap(text, rule, edit.rule) };
  const { from, to } = extent(text, rule);
  return { splices: [{ from: dashLine(text, from), to: lineEnd(text, to), text: '' }] };
}

function addRule(text: string, group: YAMLMap, rule: Plain): Splices {
  const rules = seqOf(group.get('rules', true));
  const last = rules?.items.at(-1);
  if (rules === undefined || last === undefined) return firstRule(text, group, rule);
  if (rules.flow) return refusal('the rules of the group are written in brackets', 'Edit it by hand');
  return { splices: [behind(text, last, rule, dashColumn(text, extent(text, last).from))] };
}

function firstRule(text: string, group: YAMLMap, rule: Plain): Splices {
  const pair = group.items.find(({ key }) => String(key) === 'rules');
  if (pair === undefined || group.flow) return refusal('the group has no list of rules', 'Write rules: [] into it');
  const key = extent(text, pair.key);
  const value = extent(text, pair.value);
  const column = columnOf(text, key.from) + 2;
  const colon = text.indexOf(':', key.to) + 1;
  return { splices: [{ from: colon, to: Math.max(colon, value.to), text: `\n${itemText(rule, column).trimEnd()}` }] };
}

function newGroup(text: string, groups: YAMLSeq, { group: name, rule }: RuleEdit & { readonly op: 'add' }): Splices {
  const group = { name, rules: [rule] };
  const last = groups.items.at(-1);
  if (last !== undefined && !groups.flow)
    return { splices: [behind(text, last, group, dashColumn(text, extent(text, last).from))] };
  if (last !== undefined) return refusal('the groups are written in brackets', 'Edit it by hand');
  const { from, to } = extent(text, groups);
  return { splices: [{ from, to, text: `\n${itemText(group, 2).trimEnd()}` }] };
}

function behind(text: string, last: unknown, value: Plain, column: number): Splice {
  const at = lineEnd(text, extent(text, last).to);
  return { from: at, to: at, text: itemText(value, column) };
}

/** The dash stands on the line of the first key, or alone on one above. */
function dashLine(text: string, from: number): number {
  return lineStart(text, text.lastIndexOf('-', from - 1));
}

function dashColumn(text: string, from: number): number {
  return columnOf(text, text.lastIndexOf('-', from - 1));
}

const noGroup = refusal('the file has no group of that name', 'prom_check_rules with source file lists the groups');

function refusal(refused: string, fix: string): EditRefusal {
  return { refused, fix };
}

function nameOf(rule: YAMLMap): unknown {
  return rule.get('alert') ?? rule.get('record');
}

interface PlainFile {
  readonly groups: readonly (Plain & { readonly rules?: readonly Plain[] | null })[];
}

/** What the file has to say afterwards. */
function wantedFile(file: PlainFile, edit: RuleEdit): unknown {
  const has = file.groups.some(({ name }) => name === edit.group);
  const groups = has || edit.op !== 'add' ? file.groups : [...file.groups, { name: edit.group, rules: [] }];
  return {
    ...file,
    groups: groups.map((group) =>
      group['name'] === edit.group ? { ...group, rules: wantedRules(group.rules ?? [], edit) } : group,
    ),
  };
}

function wantedRules(rules: readonly Plain[], edit: RuleEdit): readonly Plain[] | null {
  if (edit.op === 'add') return [...rules, edit.rule];
  const isIt = (rule: Plain) => (rule['alert'] ?? rule['record']) === edit.name;
  if (edit.op === 'update') return rules.map((rule) => (isIt(rule) ? edit.rule : rule));
  const left = rules.filter((rule) => !isIt(rule));
  return left.length === 0 ? null : left;
}
