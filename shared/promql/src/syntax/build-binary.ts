import type { SyntaxNode } from '@lezer/common';
import type { BinaryNode, Expr, Matching } from './ast.ts';
import { type BuildContext, childNodes, originalOf, placeOf, textOf } from './build-context.ts';
import { labelList } from './build-selector.ts';

/** An operator between two operands that are already built. */
export function buildBinary(node: SyntaxNode, left: Expr, right: Expr, context: BuildContext): Expr {
  const parts = childNodes(node);
  const operatorNode = parts[1]!;
  const operator = textOf(operatorNode, context).toLowerCase();
  if (operator === '</' || operator === '>/')
    context.report({
      ...placeOf(operatorNode, context),
      code: 'newer',
      message: 'the operators </ and >/',
      since: '3.11',
    });
  const matching = node.getChild('MatchingModifierClause');
  const fill = node.getChild('FillModifier');
  if (fill !== null) context.report({ ...placeOf(fill, context), code: 'newer', message: 'fill', since: '3.10' });
  const binary: BinaryNode = {
    kind: 'binary',
    ...placeOf(node, context),
    operator,
    bool: node.getChild('BoolModifier') !== null,
    ...(matching === null ? {} : { matching: buildMatching(matching, context) }),
    ...(fill === null ? {} : { fill: originalOf(fill, context) }),
    left,
    right,
  };
  return operator === '^' ? withSignOutside(binary) : binary;
}

function buildMatching(node: SyntaxNode, context: BuildContext): Matching {
  const lists = node.getChildren('GroupingLabels');
  const group = node.getChild('GroupLeft') ? 'left' : node.getChild('GroupRight') ? 'right' : undefined;
  return {
    ...placeOf(node, context),
    kind: node.getChild('On') ? 'on' : 'ignoring',
    labels: labelList(lists[0]!, context),
    ...(group === undefined ? {} : { group }),
    include: lists[1] === undefined ? [] : labelList(lists[1], context),
  };
}

/** `-1 ^ 2` is −(1²); the grammar takes the sign into the number. */
function withSignOutside(binary: BinaryNode): Expr {
  const base = binary.left;
  const match = base.kind === 'number' ? /^([+-])(\s*)(.*)$/s.exec(base.text) : null;
  if (base.kind !== 'number' || !match) return binary;
  const [, sign, gap, text] = match;
  const from = base.from + 1 + gap!.length;
  const value = sign === '-' ? -base.value : base.value;
  const left: Expr = { kind: 'number', from, to: base.to, text: text!, value };
  const body: BinaryNode = { ...binary, from, left };
  return { kind: 'unary', operator: sign as '-' | '+', from: binary.from, to: binary.to, body };
}
