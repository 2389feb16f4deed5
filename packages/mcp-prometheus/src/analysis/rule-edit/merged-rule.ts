import { isMap, isSeq, parseDocument, type YAMLMap } from 'yaml';
import { mergeMap } from './merge-map.ts';
import { saysTheSame } from './says-the-same.ts';
import { hasReferences, type Plain, spliced } from './yaml-lines.ts';

/**
 * The file with a rule that says what `wanted` says, by changing only the lines that say something else.
 *
 * @param rule its node of `text`
 * @param wanted YAML of one rule, or of a list with one
 * @returns undefined where only the whole rule can be replaced: anchors, comments of its own in `wanted`, a layout that does not allow it
 */
export function mergedRule(text: string, rule: YAMLMap, wanted: string): string | undefined {
  const given = parseDocument(wanted);
  const node = isSeq(given.contents) ? given.contents.items[0] : given.contents;
  if (!isMap(node) || given.errors.length > 0) return undefined;
  // who gives comments wants them in the file
  if (/(^|\s)#/.test(wanted) || hasReferences(text) || hasReferences(wanted)) return undefined;
  const plain = node.toJS(given) as Plain;
  const whole = text.endsWith('\n') ? text : `${text}\n`;
  const result = spliced(whole, mergeMap(whole, rule, plain));
  return isAsWanted(whole, result, { rule, plain }) ? result : undefined;
}

/** Nothing but the rule has changed its meaning. */
function isAsWanted(
  before: string,
  after: string,
  { rule, plain }: { readonly rule: YAMLMap; readonly plain: Plain },
): boolean {
  const [old, now] = [parseDocument(before), parseDocument(after)];
  if (now.errors.length > 0) return false;
  const place = placeOf(old.contents, rule.range?.[0] ?? -1);
  if (place === undefined) return false;
  old.setIn(place, plain);
  return saysTheSame(old.toJS(), now.toJS());
}

function placeOf(root: unknown, offset: number): readonly (string | number)[] | undefined {
  const groups: unknown = isMap(root) ? root.get('groups') : undefined;
  for (const [index, group] of isSeq(groups) ? groups.items.entries() : []) {
    const rules: unknown = isMap(group) ? group.get('rules') : undefined;
    const at = isSeq(rules) ? rules.items.findIndex((one) => isMap(one) && one.range?.[0] === offset) : -1;
    if (at >= 0) return ['groups', index, 'rules', at];
  }
  return undefined;
}
