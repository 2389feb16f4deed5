import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Scalar, type YAMLMap } from 'yaml';
import { isOrderedDuration } from '../syntax/numbers.ts';
import { parseDuration } from '../time/parse-time.ts';
import type { FileProblem, WrittenGroup, WrittenRule, WrittenRuleFile } from './rule-file.ts';

/** Most rules of a file: aliases can make many of few. */
const mostRules = 20_000;

/** Longest file that is read, in characters. */
export const longestRuleFile = 2_000_000;

const keys = {
  file: ['groups'],
  group: ['name', 'interval', 'query_offset', 'limit', 'labels', 'rules'],
  rule: ['record', 'alert', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations'],
};

interface Reading {
  /** What an alias stands for. */
  readonly resolve: (node: unknown) => unknown;
  readonly place: (node: unknown) => { readonly line: number; readonly column: number };
  readonly problem: (node: unknown, message: string) => void;
}

/**
 * Reads a rule file as Prometheus does, strictly, keeping the lines.
 *
 * @param options.loose also takes one rule, or a list of rules, without the groups around them
 */
export function readRuleFile(text: string, options: { readonly loose?: boolean } = {}): WrittenRuleFile {
  if (text.length > longestRuleFile)
    return { groups: [], problems: [{ line: 1, column: 1, message: 'the file is too long to be read' }] };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems: FileProblem[] = document.errors.map(({ code, pos }) => ({
    ...position(lines, pos[0]),
    message: `YAML: ${code.toLowerCase().replaceAll('_', ' ')}`,
  }));
  if (problems.length > 0) return { groups: [], problems };
  const place: Reading['place'] = (node) => position(lines, offsetOf(node));
  const reading: Reading = {
    resolve: (node) => (isAlias(node) ? node.resolve(document) : node),
    place,
    problem: (node, message) => void problems.push({ ...place(node), message }),
  };
  const groups = readTop(document.contents, reading, options.loose ?? false);
  return { groups, problems: problems.toSorted((a, b) => a.line - b.line) };
}

function readTop(root: unknown, reading: Reading, loose: boolean): readonly WrittenGroup[] {
  if (loose && isMap(root) && (root.has('alert') || root.has('record'))) return [looseGroup([root], reading)];
  if (loose && isSeq(root)) return [looseGroup(root.items, reading)];
  if (!isMap(root)) {
    reading.problem(root, 'a rule file is a map with the key groups');
    return [];
  }
  onlyKeys(root, keys.file, reading);
  const groups = valueOf(root, 'groups', reading);
  if (!isSeq(groups)) {
    if (groups !== undefined) reading.problem(groups, 'groups is a list');
    return [];
  }
  const read = groups.items.flatMap((group) => readGroup(reading.resolve(group), reading));
  if (read.reduce((sum, { rules }) => sum + rules.length, 0) <= mostRules) return read;
  reading.problem(groups, `more than ${mostRules} rules`);
  return [];
}

function looseGroup(items: readonly unknown[], reading: Reading): WrittenGroup {
  const rules = items.flatMap((item) => readRule(reading.resolve(item), '', reading));
  return { name: '', line: 1, intervalMs: undefined, rules };
}

function readGroup(node: unknown, reading: Reading): readonly WrittenGroup[] {
  if (!isMap(node)) {
    reading.problem(node, 'a group is a map with name and rules');
    return [];
  }
  onlyKeys(node, keys.group, reading);
  const name = textOf(node, 'name', reading) ?? '';
  if (name === '') reading.problem(node, 'a group needs a name');
  const rules = valueOf(node, 'rules', reading);
  if (rules !== undefined && !isSeq(rules) && !(isScalar(rules) && rules.value === null))
    reading.problem(rules, 'rules is a list');
  const limit = valueOf(node, 'limit', reading);
  if (limit !== undefined && !(isScalar(limit) && Number.isInteger(limit.value)))
    reading.problem(limit, 'limit is a whole number');
  const interval = durationOf(node, 'interval', reading);
  return [
    {
      name,
      line: reading.place(node).line,
      intervalMs: interval === 0 ? undefined : interval,
      rules: isSeq(rules) ? rules.items.flatMap((rule) => readRule(reading.resolve(rule), name, reading)) : [],
    },
  ];
}

function readRule(node: unknown, group: string, reading: Reading): readonly WrittenRule[] {
  if (!isMap(node)) {
    reading.problem(node, 'a rule is a map with alert or record, and expr');
    return [];
  }
  onlyKeys(node, keys.rule, reading);
  const [alert, record] = [textOf(node, 'alert', reading), textOf(node, 'record', reading)];
  if ((alert ?? '') === '' && (record ?? '') === '') reading.problem(node, 'one of alert and record must be set');
  if (alert !== undefined && record !== undefined) reading.problem(node, 'only one of alert and record may be set');
  const kind = alert === undefined ? 'record' : 'alert';
  checkRecord(node, record, reading);
  const expr = textOf(node, 'expr', reading) ?? '';
  if (expr.trim() === '') reading.problem(node, 'expr must be set');
  const lines: Record<string, number> = {};
  return [
    {
      kind,
      name: alert ?? record ?? '',
      group,
      expr,
      line: reading.place(node).line,
      ...exprPlace(node, reading),
      forMs: durationOf(node, 'for', reading),
      keepFiringForMs: durationOf(node, 'keep_firing_for', reading),
      labels: readPairs(node, 'labels', lines, reading),
      annotations: readPairs(node, 'annotations', lines, reading),
      lines,
    },
  ];
}

function checkRecord(node: YAMLMap, record: string | undefined, reading: Reading): void {
  if (record === undefined) return;
  if (!/^[a-zA-Z_:][\w:]*$/.test(record)) reading.problem(node, 'record is no valid metric name');
  for (const key of ['for', 'keep_firing_for', 'annotations'])
    if (node.has(key)) reading.problem(node.get(key, true), `${key} is not allowed in a recording rule`);
}

function exprPlace(node: YAMLMap, { place }: Reading): Pick<WrittenRule, 'exprLine' | 'exprKeepsLines'> {
  const value = node.get('expr', true);
  const { line } = place(value ?? node);
  const type = isScalar(value) ? value.type : undefined;
  if (type === 'BLOCK_LITERAL') return { exprLine: line + 1, exprKeepsLines: true };
  if (type === 'BLOCK_FOLDED') return { exprLine: line + 1, exprKeepsLines: false };
  return { exprLine: line, exprKeepsLines: false };
}

function readPairs(
  node: YAMLMap,
  key: 'labels' | 'annotations',
  lines: Record<string, number>,
  reading: Reading,
): Readonly<Record<string, string>> {
  const map = valueOf(node, key, reading);
  if (!isMap(map)) {
    if (map !== undefined && !(isScalar(map) && map.value === null)) reading.problem(map, `${key} is a map`);
    return {};
  }
  const pairs: [string, string][] = map.items.map(({ key: name, value: given }) => {
    const value = reading.resolve(given);
    const label = isScalar(name) ? String(name.value) : '';
    if (!/^[a-zA-Z_]\w*$/.test(label) || (key === 'labels' && label === '__name__'))
      reading.problem(name, `a name under ${key} is not valid`);
    if (!isScalar(value)) reading.problem(value ?? name, `a value under ${key} is no text`);
    lines[`${key}.${label}`] = reading.place(name).line;
    return [label, isScalar(value) ? scalarText(value) : ''];
  });
  return Object.fromEntries(pairs);
}

function durationOf(node: YAMLMap, key: string, reading: Reading): number {
  const value = valueOf(node, key, reading);
  if (value === undefined) return 0;
  const text = isScalar(value) ? scalarText(value) : '';
  if (text === '0' || text === '') return 0;
  const ms = parseDuration(text);
  if (ms === undefined || !isOrderedDuration(text))
    reading.problem(value, `${key} is no duration such as 30s, 5m or 1h30m`);
  return ms ?? 0;
}

function textOf(node: YAMLMap, key: string, reading: Reading): string | undefined {
  const value = valueOf(node, key, reading);
  if (value === undefined) return undefined;
  if (isScalar(value) && value.value !== null) return scalarText(value);
  reading.problem(value, `${key} is no text`);
  return undefined;
}

/** As written: Prometheus takes `5`, `true` and the like for text. */
function scalarText({ source, value }: Scalar): string {
  if (value === null) return '';
  return source ?? (typeof value === 'string' ? value : JSON.stringify(value));
}

function valueOf(node: YAMLMap, key: string, { resolve }: Reading): unknown {
  return resolve(node.get(key, true));
}

function onlyKeys(node: YAMLMap, allowed: readonly string[], reading: Reading): void {
  for (const { key } of node.items) {
    if (!isScalar(key) || !allowed.includes(String(key.value)))
      reading.problem(key, `a key that is not known here; allowed: ${allowed.join(', ')}`);
  }
}

function offsetOf(node: unknown): number {
  const range = (node as { range?: readonly [number, number, number] | null } | null | undefined)?.range;
  return range?.[0] ?? 0;
}

function position(lines: LineCounter, offset: number): { readonly line: number; readonly column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}
