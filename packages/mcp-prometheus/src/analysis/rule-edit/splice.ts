import { isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { mergedRule } from './merged-rule.ts';

/** An edit of a rule file: some lines give way to others, and all the rest stays byte by byte. */
export interface LineEdit {
  /** 0-based index of the first line that goes; where none goes, of the line before which the new ones stand. */
  readonly at: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
  /** The whole file afterwards. */
  readonly text: string;
}

export type RuleEditRequest =
  | { readonly op: 'add'; readonly group: string; readonly rule: string }
  | { readonly op: 'update'; readonly name: string; readonly group: string | undefined; readonly rule: string }
  | { readonly op: 'delete'; readonly name: string; readonly group: string | undefined };

/** Why an edit cannot be made in this file. */
export interface EditRefusal {
  readonly refused: string;
}

/**
 * Adds, replaces or takes away one rule in the text of a rule file. Comments, order and everything else stay: of a rule
 * that is replaced, the lines that say the same; what stands above a rule as a comment stays too.
 *
 * @param text of the file; block style, as people write them
 */
export function editRules(text: string, request: RuleEditRequest): LineEdit | EditRefusal {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  if (document.errors.length > 0) return { refused: 'the file is no valid YAML' };
  const lines = text.split('\n');
  const groups = isMap(document.contents) ? document.contents.get('groups') : undefined;
  if (!isSeq(groups) || groups.flow === true) return { refused: 'the file has no groups in block style' };
  const lineOf = (offset: number): number => counter.linePos(offset).line - 1;
  if (request.op === 'add') return addRule(lines, groups, request, lineOf);
  const found = findRules(groups, request);
  const [first, ...others] = found;
  if (first === undefined) return { refused: 'the file has no such rule' };
  if (others.length > 0) return { refused: `the file has ${found.length} rules of that name; say which group` };
  if (first.rules.flow === true || first.rule.flow === true) return { refused: 'the rule is written in flow style' };
  const range = linesOf(first.rule, lines, lineOf);
  const merged = request.op === 'update' ? mergedRule(text, first.rule, request.rule) : undefined;
  if (merged !== undefined) return differing(text, merged);
  const indent = indentOf(lines[range.from] ?? '');
  const added = request.op === 'update' ? indented(request.rule, indent) : [];
  if (request.op === 'delete' && first.rules.items.length === 1) {
    return {
      refused: 'it is the only rule of its group: Prometheus takes no group without rules; delete the group by hand',
    };
  }
  return splice(lines, range.from, range.to - range.from + 1, added);
}

function addRule(
  lines: readonly string[],
  groups: YAMLSeq,
  { group: name, rule }: { readonly group: string; readonly rule: string },
  lineOf: (offset: number) => number,
): LineEdit | EditRefusal {
  const group = groups.items.find((item): item is YAMLMap => isMap(item) && item.get('name') === name);
  if (group === undefined) return addGroup(lines, groups, { name, rule }, lineOf);
  const rules = group.get('rules');
  const last = isSeq(rules) && rules.flow !== true ? rules.items.at(-1) : undefined;
  if (!isMap(last) || last.flow === true) return { refused: 'the rules of the group are not written in block style' };
  const range = linesOf(last, lines, lineOf);
  return splice(lines, range.to + 1, 0, indented(rule, indentOf(lines[range.from] ?? '')));
}

function addGroup(
  lines: readonly string[],
  groups: YAMLSeq,
  { name, rule }: { readonly name: string; readonly rule: string },
  lineOf: (offset: number) => number,
): LineEdit | EditRefusal {
  const last = groups.items.at(-1);
  if (!isMap(last) || last.flow === true) return { refused: 'the groups are not written in block style' };
  const range = linesOf(last, lines, lineOf);
  const indent = indentOf(lines[range.from] ?? '');
  const added = [`${indent}- name: ${JSON.stringify(name)}`, `${indent}  rules:`, ...indented(rule, `${indent}    `)];
  return splice(lines, range.to + 1, 0, added);
}

function findRules(groups: YAMLSeq, { name, group }: { readonly name: string; readonly group: string | undefined }) {
  return groups.items.flatMap((item) => {
    if (!isMap(item) || (group !== undefined && item.get('name') !== group)) return [];
    const rules = item.get('rules');
    if (!isSeq(rules)) return [];
    return rules.items.flatMap((rule) =>
      isMap(rule) && (rule.get('alert') === name || rule.get('record') === name) ? [{ rules, rule }] : [],
    );
  });
}

/** First line of an item, with its dash, and its last line that is not blank or a comment of what follows. */
function linesOf(
  item: YAMLMap,
  lines: readonly string[],
  lineOf: (offset: number) => number,
): { readonly from: number; readonly to: number } {
  const from = lineOf(item.range?.[0] ?? 0);
  let to = lineOf(lastValueEnd(item));
  while (to > from && /^\s*(#.*)?$/.test(lines[to] ?? '')) to -= 1;
  return { from, to };
}

/** Where the value of the last key ends: the end of a map itself reaches into the comments behind it. */
function lastValueEnd(node: YAMLMap | YAMLSeq): number {
  const last = node.items.at(-1);
  const value: unknown =
    isMap(node) && last !== undefined && typeof last === 'object' && last !== null && 'value' in last
      ? last.value
      : last;
  if (isMap(value) || isSeq(value)) return value.items.length === 0 ? (value.range?.[1] ?? 0) - 1 : lastValueEnd(value);
  if (isScalar(value)) return Math.max(value.range?.[0] ?? 0, (value.range?.[1] ?? 0) - 1);
  return Math.max(0, (node.range?.[1] ?? 0) - 1);
}

function indentOf(line: string): string {
  return /^\s*/.exec(line)?.[0] ?? '';
}

/** A rule as an item of a list with this indentation: its own line breaks and comments as they were given. */
function indented(rule: string, indent: string): readonly string[] {
  const raw = rule
    .replaceAll('\r\n', '\n')
    .replace(/^\s*\n/, '')
    .trimEnd()
    .split('\n');
  const first = raw[0] ?? '';
  const shift = indentOf(first).length;
  const isItem = first.slice(shift).startsWith('- ');
  const own = raw.map((line) => line.slice(Math.min(shift, indentOf(line).length)));
  const body = isItem ? own.map((line, index) => (index === 0 ? line.slice(2) : line.replace(/^ {2}/, ''))) : own;
  return body.map((line, index) => (line === '' ? '' : `${indent}${index === 0 ? '- ' : '  '}${line}`));
}

function splice(lines: readonly string[], at: number, count: number, added: readonly string[]): LineEdit {
  const text = [...lines.slice(0, at), ...added, ...lines.slice(at + count)].join('\n');
  return { at, removed: lines.slice(at, at + count), added, text: text.endsWith('\n') ? text : `${text}\n` };
}

/** From the first line that differs to the last. */
export function differing(before: string, after: string): LineEdit {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < Math.min(old.length, now.length) && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const removed = old.slice(start, old.length - end);
  return { at: start, removed, added: now.slice(start, now.length - end), text: after };
}
