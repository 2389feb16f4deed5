import type { BinaryNode, Expr, Grouping, Matcher, Modifiers, SelectorNode } from '../syntax/ast.ts';
import { quoteLabelValue } from '../syntax/strings.ts';

/** An expression on one line. It reads back as the same tree; parentheses are kept as they were. */
export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return expr.text.replace(/\s+/g, '');
    case 'string':
      return quoteLabelValue(expr.value);
    case 'variable':
      return expr.text;
    case 'selector':
      return printSelector(expr);
    case 'subquery':
      return `${printExpr(expr.body)}[${expr.range.text}:${expr.step?.text ?? ''}]${printModifiers(expr.modifiers)}`;
    case 'call':
      return `${expr.name}(${expr.args.map(printExpr).join(', ')})`;
    case 'aggregation':
      return `${expr.operator}${printGrouping(expr.grouping)}(${expr.args.map(printExpr).join(', ')})`;
    case 'binary':
      return printBinary(expr);
    case 'unary':
      return `${expr.operator}${printExpr(expr.body)}`;
    case 'paren':
    default:
      return `(${printExpr(expr.body)})`;
  }
}

/** `name{label="value"}[5m] offset 1h`. */
export function printSelector({ name, matchers, range, modifiers }: SelectorNode): string {
  const isPlain = name === undefined || /^[a-zA-Z_:$[{][\w:${}[\]]*$/.test(name);
  const inside = [...(isPlain ? [] : [quoteLabelValue(name)]), ...matchers.map(printMatcher)].join(', ');
  const shown = isPlain ? (name ?? '') : '';
  const braces = inside === '' && shown !== '' ? '' : `{${inside}}`;
  return `${shown}${braces}${range === undefined ? '' : `[${range.text}]`}${printModifiers(modifiers)}`;
}

export function printMatcher({ label, operator, value }: Matcher): string {
  return `${printLabel(label)}${operator}${quoteLabelValue(value)}`;
}

function printLabel(label: string): string {
  return /^[a-zA-Z_$[][\w${}[\]:]*$/.test(label) ? label : quoteLabelValue(label);
}

function printModifiers({ at, offset, extended }: Modifiers): string {
  const when = at === undefined ? '' : ` @ ${typeof at === 'number' ? at.toFixed(3) : `${at}()`}`;
  const shift = offset === undefined ? '' : ` offset ${offset.text}`;
  return `${extended === undefined ? '' : ` ${extended}`}${when}${shift}`;
}

function printGrouping(grouping: Grouping | undefined): string {
  if (grouping === undefined) return '';
  return ` ${grouping.kind} ${printLabels(grouping.labels)} `;
}

function printLabels(labels: readonly string[]): string {
  return `(${labels.map(printLabel).join(', ')})`;
}

function printBinary({ left, right, operator, bool, matching, fill }: BinaryNode): string {
  const parts = [printExpr(left), operator];
  if (bool) parts.push('bool');
  if (matching !== undefined) {
    parts.push(`${matching.kind} ${printLabels(matching.labels)}`);
    if (matching.group !== undefined) parts.push(`group_${matching.group} ${printLabels(matching.include)}`);
  }
  if (fill !== undefined) parts.push(fill);
  return [...parts, printExpr(right)].join(' ');
}

/** A text with one place of it replaced: everything else stays as it was written. */
export function replacePlace(
  text: string,
  { from, to }: { readonly from: number; readonly to: number },
  by: string,
): string {
  return text.slice(0, from) + by + text.slice(to);
}
