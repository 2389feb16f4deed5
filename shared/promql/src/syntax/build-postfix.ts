import type { SyntaxNode } from '@lezer/common';
import type { Expr, Modifiers, SelectorNode, SubqueryNode } from './ast.ts';
import { type BuildContext, originalOf, placeOf, textOf } from './build-context.ts';
import { buildDuration } from './build-duration.ts';
import { parseNumber } from './numbers.ts';

/**
 * `[5m]`, `[1h:5m]`, `offset`, `@`, `anchored` behind what they follow.
 *
 * They bind to the nearest operand; the grammar gives them the whole of `a + b`.
 */
export function applyPostfix(node: SyntaxNode, body: Expr, context: BuildContext): Expr {
  const to = placeOf(node, context).to;
  if (body.kind === 'binary') return { ...body, to, right: applyPostfix(node, body.right, context) };
  if (body.kind === 'unary') return { ...body, to, body: applyPostfix(node, body.body, context) };
  switch (node.name) {
    case 'MatrixSelector':
      return withRange(node, body, context);
    case 'SubqueryExpr':
      return subquery(node, body, context);
    case 'OffsetExpr':
      return withModifier(node, body, context, 'offset', () => ({
        offset: buildDuration(node.getChild('OffsetDurationExpr')!, context, 'offset'),
      }));
    case 'StepInvariantExpr':
      return withModifier(node, body, context, 'at', () => readAt(node, context));
    case 'AnchoredExpr':
    case 'SmoothedExpr':
      return extended(node, body, context);
    default:
      throw new Error(`the grammar has a new kind of expression: ${node.name}`);
  }
}

function refuse(node: SyntaxNode, body: Expr, message: string, context: BuildContext, hint?: string): Expr {
  const to = placeOf(node, context).to;
  context.report({ from: body.from, to, code: 'type', message, ...(hint === undefined ? {} : { hint }) });
  return body;
}

function withRange(node: SyntaxNode, body: Expr, context: BuildContext): Expr {
  const { to } = placeOf(node, context);
  const range = buildDuration(node.getChild('DurationExpr')!, context, 'range');
  if (body.kind === 'variable')
    return { kind: 'selector', from: body.from, to, name: body.text, matchers: [], range, modifiers: {} };
  if (body.kind !== 'selector') {
    const hint = `For a range of an expression write a subquery: [${range.text}:]. For rate, put the range inside: rate(metric[${range.text}]).`;
    return refuse(node, body, 'a range is only allowed on a selector', context, hint);
  }
  if (body.range !== undefined) return refuse(node, body, 'a range is given twice', context);
  if (hasModifiers(body))
    return refuse(node, body, 'offset and @ come after the range', context, 'Write metric[5m] offset 1h.');
  return { ...body, to, range };
}

function subquery(node: SyntaxNode, body: Expr, context: BuildContext): SubqueryNode {
  const [range, step] = node.getChildren('DurationExpr');
  return {
    kind: 'subquery',
    from: body.from,
    to: placeOf(node, context).to,
    body,
    range: buildDuration(range!, context, 'range'),
    ...(step === undefined ? {} : { step: buildDuration(step, context, 'step') }),
    modifiers: {},
  };
}

function hasModifiers({ modifiers }: SelectorNode | SubqueryNode): boolean {
  return modifiers.offset !== undefined || modifiers.at !== undefined;
}

function withModifier(
  node: SyntaxNode,
  body: Expr,
  context: BuildContext,
  key: 'offset' | 'at',
  read: () => Modifiers,
): Expr {
  const name = key === 'at' ? '@' : 'offset';
  const modifiers = read();
  const to = placeOf(node, context).to;
  if (body.kind === 'variable') return { ...body, to };
  if (body.kind !== 'selector' && body.kind !== 'subquery')
    return refuse(
      node,
      body,
      `${name} must follow a selector or a subquery`,
      context,
      'Put it inside, behind the selector.',
    );
  if (body.modifiers[key] !== undefined) return refuse(node, body, `${name} is given twice`, context);
  return { ...body, to, modifiers: { ...body.modifiers, ...modifiers } };
}

function readAt(node: SyntaxNode, context: BuildContext): Modifiers {
  const word = node.getChild('AtModifierPreprocessors');
  if (word !== null) return { at: /^start/i.test(textOf(word, context)) ? 'start' : 'end' };
  const literals = node.getChildren('NumberDurationLiteral');
  const literal = literals.at(-1)!;
  const { value, newer } = parseNumber(originalOf(literal, context)) ?? {};
  if (newer !== undefined)
    context.report({ ...placeOf(literal, context), code: 'newer', message: newer, since: '3.0' });
  // Prometheus holds ms in 64 bits
  if (value === undefined || !Number.isFinite(value) || Math.abs(value) > 9.2e15) {
    context.report({ ...placeOf(literal, context), code: 'number', message: 'the time after @ is out of bounds' });
    return { at: 0 };
  }
  return { at: value };
}

function extended(node: SyntaxNode, body: Expr, context: BuildContext): Expr {
  const word = node.name === 'AnchoredExpr' ? 'anchored' : 'smoothed';
  const { to } = placeOf(node, context);
  context.report({ from: body.from, to, code: 'newer', message: `the modifier ${word}`, since: '3.7' });
  if (body.kind !== 'selector') return refuse(node, body, `${word} must follow a selector`, context);
  return { ...body, to, modifiers: { ...body.modifiers, extended: word } };
}
