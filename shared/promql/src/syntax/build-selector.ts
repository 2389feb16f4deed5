import type { SyntaxNode } from '@lezer/common';
import type { Matcher, MatchOperator, SelectorNode } from './ast.ts';
import { type BuildContext, childNodes, originalOf, placeOf } from './build-context.ts';
import { unquote } from './strings.ts';

/** `name{label="value", …}`, also `{"name", …}`. */
export function buildSelector(node: SyntaxNode, context: BuildContext): SelectorNode {
  const identifier = node.getChild('Identifier');
  const braces = node.getChild('LabelMatchers');
  const matchers: Matcher[] = [];
  if (identifier !== null && /^atan2$/i.test(originalOf(identifier, context)))
    context.report({ ...placeOf(identifier, context), code: 'syntax', message: 'atan2 is an operator, no metric' });
  const names = identifier === null ? [] : [originalOf(identifier, context)];
  for (const child of braces === null ? [] : childNodes(braces)) {
    if (child.name === 'QuotedLabelName') {
      newerName(child, context, 'a quoted metric name');
      names.push(stringValue(child, context));
    } else matchers.push(buildMatcher(child, context));
  }
  if (names.length > 1)
    context.report({ ...placeOf(node, context), code: 'syntax', message: 'the metric name is given twice' });
  return {
    kind: 'selector',
    ...placeOf(node, context),
    ...(names[0] === undefined ? {} : { name: names[0] }),
    matchers,
    modifiers: {},
  };
}

function buildMatcher(node: SyntaxNode, context: BuildContext): Matcher {
  const quoted = node.getChild('QuotedLabelName');
  const label = quoted ?? node.getChild('LabelName')!;
  if (quoted !== null) newerName(quoted, context, 'a quoted label name');
  return {
    ...placeOf(node, context),
    label: quoted === null ? originalOf(label, context) : stringValue(quoted, context),
    operator: originalOf(node.getChild('MatchOp')!, context) as MatchOperator,
    value: stringValue(node.getChild('StringLiteral')!, context),
  };
}

/** Value of a literal; one that is not well formed was reported when the text was prepared. */
export function stringValue(node: SyntaxNode, context: BuildContext): string {
  const value = unquote(originalOf(node, context));
  return 'value' in value ? value.value : originalOf(node, context).slice(1);
}

/** Labels between the parentheses of `by (…)` or `on (…)`. */
export function labelList(node: SyntaxNode, context: BuildContext): readonly string[] {
  return childNodes(node).map((child) => {
    if (child.name !== 'QuotedLabelName') return originalOf(child, context);
    newerName(child, context, 'a quoted label name');
    return stringValue(child, context);
  });
}

function newerName(node: SyntaxNode, context: BuildContext, message: string): void {
  context.report({ ...placeOf(node, context), code: 'newer', message, since: '3.0' });
}
