import type { SyntaxNode } from '@lezer/common';
import type { AggregationNode, Expr, Grouping } from './ast.ts';
import { buildBinary } from './build-binary.ts';
import { type BuildContext, childNodes, deepest, originalOf, placeOf, textOf, TooDeep } from './build-context.ts';
import { buildSelector, labelList, stringValue } from './build-selector.ts';
import { applyPostfix } from './build-postfix.ts';
import { parseNumber } from './numbers.ts';

/** The tree of an expression without errors of syntax; what is not well formed in it is reported to the context. */
export function buildExpr(node: SyntaxNode, context: BuildContext, depth = 0): Expr {
  if (depth > deepest) throw new TooDeep();
  const place = placeOf(node, context);
  const inner = (child: SyntaxNode): Expr => buildExpr(child, context, depth + 1);
  const parts = childNodes(node);
  switch (node.name) {
    case 'NumberDurationLiteral':
      return buildNumber(node, context);
    case 'StringLiteral':
      return { kind: 'string', ...place, value: stringValue(node, context) };
    case 'VectorSelector':
      return isVariable(node, context)
        ? { kind: 'variable', ...place, text: originalOf(node, context) }
        : buildSelector(node, context);
    case 'ParenExpr':
      return { kind: 'paren', ...place, body: inner(parts[0]!) };
    case 'UnaryExpr':
      return {
        kind: 'unary',
        ...place,
        operator: textOf(parts[0]!, context) as '-' | '+',
        body: inner(parts[1]!),
      };
    case 'BinaryExpr':
      return buildBinary(node, inner(parts[0]!), inner(parts.at(-1)!), context);
    case 'FunctionCall':
      return {
        kind: 'call',
        ...place,
        name: originalOf(parts[0]!, context),
        args: childNodes(parts[1]!).map(inner),
      };
    case 'AggregateExpr':
      return buildAggregation(node, context, inner);
    default:
      return applyPostfix(node, inner(parts[0]!), context);
  }
}

function isVariable(node: SyntaxNode, { source }: BuildContext): boolean {
  const original = source.replaced(node);
  return original !== undefined && /^(\$\{[^}]*\}|\[\[[^\]]*\]\]|\$\w+)$/.test(original);
}

function buildNumber(node: SyntaxNode, context: BuildContext): Expr {
  const place = placeOf(node, context);
  const text = originalOf(node, context);
  const number = parseNumber(text);
  if (number === undefined && context.source.replaced(node) !== undefined) return { kind: 'variable', ...place, text };
  if (number === undefined) context.report({ ...place, code: 'number', message: 'not a number' });
  if (number?.newer !== undefined)
    context.report({
      ...place,
      code: 'newer',
      message: number.newer,
      since: number.newer.startsWith('a') ? '3.0' : '2.54',
    });
  return { kind: 'number', ...place, text, value: number?.value ?? NaN };
}

function buildAggregation(
  node: SyntaxNode,
  context: BuildContext,
  inner: (child: SyntaxNode) => Expr,
): AggregationNode {
  const modifier = node.getChild('AggregateModifier');
  return {
    kind: 'aggregation',
    ...placeOf(node, context),
    operator: textOf(node.getChild('AggregateOp')!, context).toLowerCase(),
    args: childNodes(node.getChild('FunctionCallBody')!).map(inner),
    ...(modifier === null ? {} : { grouping: buildGrouping(modifier, context) }),
  };
}

function buildGrouping(node: SyntaxNode, context: BuildContext): Grouping {
  return {
    ...placeOf(node, context),
    kind: node.getChild('By') ? 'by' : 'without',
    labels: labelList(node.getChild('GroupingLabels')!, context),
  };
}
