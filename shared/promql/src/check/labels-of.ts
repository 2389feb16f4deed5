import {
  aggregated,
  type AggregationNode,
  type BinaryNode,
  type CallNode,
  type Expr,
  setOperators,
} from '../syntax/ast.ts';

/** Which labels the series of an expression can have. */
export interface LabelSet {
  /** Exactly these, at most; undefined: those of the metric. */
  readonly only: ReadonlySet<string> | undefined;
  /** Without these, where `only` is undefined. */
  readonly removed: ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();
const everything: LabelSet = { only: undefined, removed: none };
const noLabels: LabelSet = { only: none, removed: none };

/** Whether series of the set can have the label. */
export function canHave({ only, removed }: LabelSet, label: string): boolean {
  return only === undefined ? !removed.has(label) : only.has(label);
}

/** The labels that come out of an expression, as far as they can be told without a server. */
export function labelsOf(expr: Expr): LabelSet {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return noLabels;
    case 'variable':
    case 'selector':
      return everything;
    case 'call':
      return ofCall(expr);
    case 'aggregation':
      return ofAggregation(expr);
    case 'binary':
      return ofBinary(expr);
    case 'subquery':
    case 'unary':
    case 'paren':
    default:
      return labelsOf(expr.body);
  }
}

function ofAggregation(expr: AggregationNode): LabelSet {
  const body = aggregated(expr);
  const inner = body === undefined ? everything : labelsOf(body);
  if (['topk', 'bottomk', 'limitk', 'limit_ratio'].includes(expr.operator)) return inner;
  const grouped = group(expr, inner);
  const [name] = expr.args;
  return expr.operator === 'count_values' && name?.kind === 'string' ? adding(grouped, [name.value]) : grouped;
}

function group({ grouping }: AggregationNode, inner: LabelSet): LabelSet {
  if (grouping === undefined) return noLabels;
  if (grouping.kind === 'without') return removing(inner, grouping.labels);
  return { only: new Set(grouping.labels.filter((label) => canHave(inner, label))), removed: none };
}

function ofCall({ name, args }: CallNode): LabelSet {
  if (name === 'vector' || name === 'time' || name === 'scalar' || name === 'pi') return noLabels;
  if (name.startsWith('absent')) return ofAbsent(args[0]);
  const body = args.find((arg) => arg.kind !== 'number' && arg.kind !== 'string');
  if (body === undefined) return noLabels;
  const inner = labelsOf(body);
  if (name === 'histogram_quantile') return removing(inner, ['le']);
  const target = args[1];
  if ((name === 'label_replace' || name === 'label_join') && target?.kind === 'string')
    return adding(inner, [target.value]);
  return inner;
}

function ofAbsent(arg: Expr | undefined): LabelSet {
  if (arg?.kind !== 'selector') return noLabels;
  const equal = arg.matchers.filter(({ operator, label }) => operator === '=' && label !== '__name__');
  return { only: new Set(equal.map(({ label }) => label)), removed: none };
}

function ofBinary(expr: BinaryNode): LabelSet {
  const { left, right, matching, operator } = expr;
  const [ofLeft, ofRight] = [labelsOf(left), labelsOf(right)];
  if (operator === 'or') return either(ofLeft, ofRight);
  if (setOperators.has(operator) || isNumber(right)) return ofLeft;
  if (isNumber(left)) return ofRight;
  if (matching?.group !== undefined) return adding(matching.group === 'left' ? ofLeft : ofRight, matching.include);
  if (matching === undefined) return both(ofLeft, ofRight);
  return matching.kind === 'on' ? { only: new Set(matching.labels), removed: none } : removing(ofLeft, matching.labels);
}

/** Whether an operand is a scalar, whose other side keeps its labels. */
function isNumber(expr: Expr): boolean {
  if (expr.kind === 'paren' || expr.kind === 'unary') return isNumber(expr.body);
  if (expr.kind === 'binary') return isNumber(expr.left) && isNumber(expr.right);
  return expr.kind === 'number' || (expr.kind === 'call' && ['scalar', 'time', 'pi'].includes(expr.name));
}

function removing(set: LabelSet, labels: readonly string[]): LabelSet {
  if (set.only === undefined) return { only: undefined, removed: new Set([...set.removed, ...labels]) };
  return { only: new Set([...set.only].filter((label) => !labels.includes(label))), removed: none };
}

function adding(set: LabelSet, labels: readonly string[]): LabelSet {
  if (set.only !== undefined) return { only: new Set([...set.only, ...labels]), removed: none };
  return { only: undefined, removed: new Set([...set.removed].filter((label) => !labels.includes(label))) };
}

function either(a: LabelSet, b: LabelSet): LabelSet {
  if (a.only !== undefined && b.only !== undefined) return { only: new Set([...a.only, ...b.only]), removed: none };
  const removed = a.only === undefined ? [...a.removed] : [...b.removed];
  return { only: undefined, removed: new Set(removed.filter((label) => !canHave(a, label) && !canHave(b, label))) };
}

/** Without matching words both sides have the same labels. */
function both(a: LabelSet, b: LabelSet): LabelSet {
  if (a.only !== undefined) return a;
  if (b.only !== undefined) return b;
  return { only: undefined, removed: new Set([...a.removed, ...b.removed]) };
}
