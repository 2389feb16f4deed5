import type { AggregationNode, CallNode, Expr, SelectorNode, UnaryNode } from '../syntax/ast.ts';
import { parseQuery, type ParsedQuery } from '../syntax/parse.ts';
import { placeProblem, type Problem, type ProblemDraft } from '../syntax/problem.ts';
import { checkBinary } from './check-binary.ts';
import { fits, type Report, shownType } from './fits.ts';
import { nearestName } from './nearest.ts';
import { readRegex } from './regex.ts';
import { aggregations, signatures, type ValueType } from './signatures.ts';

/** A query with everything that is wrong with it. */
export interface CheckedQuery extends ParsedQuery {
  /** Undefined where the syntax is broken. */
  readonly type: ValueType | undefined;
}

/**
 * Reads a query and checks its types by a table of functions, as the server would.
 *
 * What only newer servers know is a problem of code `newer`: whether it is one depends on the server, see `appliesTo`.
 */
export function checkQuery(text: string): CheckedQuery {
  const parsed = parseQuery(text);
  if (parsed.expr === undefined) return { ...parsed, type: undefined };
  const drafts: ProblemDraft[] = [];
  const report: Report = ({ from, to }, message, more) =>
    void drafts.push({ code: 'type', message, from, to, ...more });
  const type = typeOf(parsed.expr, report);
  const found = drafts.map((draft) => placeProblem(text, draft));
  return { ...parsed, type, problems: [...parsed.problems, ...found].toSorted((a, b) => a.from - b.from) };
}

/** Whether a problem is one on a server of this version (`2.42.0`); without a version only those that always are. */
export function appliesTo({ code, since, until }: Problem, version: string | undefined): boolean {
  if (code !== 'newer') return true;
  if (version === undefined || since === 'unknown') return false;
  if (until !== undefined) return !isOlder(version, until);
  return since !== undefined && isOlder(version, since);
}

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [thanMajor = 0, thanMinor = 0] = than.split('.').map(Number);
  return major < thanMajor || (major === thanMajor && minor < thanMinor);
}

function typeOf(expr: Expr, report: Report): ValueType {
  switch (expr.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'variable':
      return 'any';
    case 'selector':
      return checkSelector(expr, report);
    case 'subquery': {
      const inner = typeOf(expr.body, report);
      if (!fits(inner, 'vector')) report(expr, `a subquery needs an instant vector, this is a ${shownType(inner)}`);
      return 'matrix';
    }
    case 'call':
      return checkCall(expr, report);
    case 'aggregation':
      return checkAggregation(expr, report);
    case 'binary':
      return checkBinary(expr, typeOf(expr.left, report), typeOf(expr.right, report), report);
    case 'unary':
      return checkUnary(expr, report);
    case 'paren':
    default:
      return typeOf(expr.body, report);
  }
}

function checkSelector(selector: SelectorNode, report: Report): ValueType {
  const type = selector.range === undefined ? 'vector' : 'matrix';
  let selects = selector.name !== undefined;
  for (const matcher of selector.matchers) {
    if (matcher.label === '__name__' && selector.name !== undefined)
      report(matcher, 'the metric name is given twice', { code: 'syntax' });
    const isRegex = matcher.operator === '=~' || matcher.operator === '!~';
    const regex = isRegex ? readRegex(matcher.value) : { matchesEmpty: matcher.value === '' };
    if ('problem' in regex) {
      report(matcher, regex.problem, { code: 'regex' });
      selects = true;
    } else if (regex.matchesEmpty === matcher.operator.startsWith('!')) selects = true;
  }
  if (!selects)
    report(selector, 'a selector needs at least one matcher that does not match the empty text', {
      hint: 'Name a metric, or write =~".+" where =~".*" stands.',
    });
  return type;
}

function checkUnary(expr: UnaryNode, report: Report): ValueType {
  const type = typeOf(expr.body, report);
  if (!fits(type, 'vector') && type !== 'scalar')
    report(expr, `a sign needs a scalar or an instant vector, this is a ${shownType(type)}`);
  return type;
}

function checkAggregation(expr: AggregationNode, report: Report): ValueType {
  const shape = aggregations.get(expr.operator)!;
  const types = expr.args.map((arg) => typeOf(arg, report));
  if (shape.since !== undefined)
    report(expr, `the aggregation ${expr.operator}`, { code: 'newer', since: shape.since });
  const wanted: readonly ValueType[] = shape.parameter === undefined ? ['vector'] : [shape.parameter, 'vector'];
  if (types.length !== wanted.length) {
    const form =
      shape.parameter === undefined ? 'one argument' : `two arguments: a ${shape.parameter} and an instant vector`;
    report(expr, `${expr.operator} takes ${form}, not ${types.length}`);
    return 'vector';
  }
  types.forEach((type, index) => {
    if (!fits(type, wanted[index]!))
      report(expr.args[index]!, mismatch(expr.operator, wanted[index]!, type), rangeHint(wanted[index]!, type));
  });
  return 'vector';
}

function checkCall(expr: CallNode, report: Report): ValueType {
  const types = expr.args.map((arg) => typeOf(arg, report));
  const signature = signatures.get(expr.name);
  if (signature === undefined) {
    const near = nearestName(expr.name.toLowerCase(), [...signatures.keys()]);
    const hint = near === undefined ? {} : { hint: `The nearest known function is ${near}.` };
    report({ from: expr.from, to: expr.from + expr.name.length }, 'a function that is not known offline', {
      code: 'newer',
      since: 'unknown',
      ...hint,
    });
    return 'any';
  }
  if (signature.since !== undefined)
    report(expr, `the function ${expr.name}`, { code: 'newer', since: signature.since });
  if (signature.until !== undefined)
    report(expr, `the function ${expr.name} is gone`, {
      code: 'newer',
      until: signature.until,
      hint: 'Since 3.0 it is called double_exponential_smoothing.',
    });
  checkArguments(expr, types, report);
  return signature.returns;
}

function checkArguments(expr: CallNode, types: readonly ValueType[], report: Report): void {
  const { args, variadic } = signatures.get(expr.name)!;
  const least = variadic === 0 ? args.length : args.length - 1;
  const most = variadic < 0 ? Infinity : least + variadic;
  if (types.length < least || types.length > most) {
    const count = least === most ? `${least}` : most === Infinity ? `at least ${least}` : `${least} to ${most}`;
    report(expr, `${expr.name} takes ${count} arguments, not ${types.length}`);
    return;
  }
  types.forEach((type, index) => {
    const wanted = args[index] ?? args.at(-1)!;
    if (!fits(type, wanted)) report(expr.args[index]!, mismatch(expr.name, wanted, type), rangeHint(wanted, type));
  });
}

function mismatch(name: string, wanted: ValueType, type: ValueType): string {
  return `${name} takes a ${shownType(wanted)} here, this is a ${shownType(type)}`;
}

function rangeHint(wanted: ValueType, type: ValueType): { readonly hint?: string } {
  if (wanted === 'matrix' && type === 'vector') return { hint: 'Add a range behind the selector: metric[5m].' };
  if (wanted === 'vector' && type === 'matrix')
    return { hint: 'Take the range off, or put rate(…) or avg_over_time(…) around it.' };
  return {};
}
