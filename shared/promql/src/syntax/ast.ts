/** Where something stands: offsets of characters in the text as it was given, `to` exclusive. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** `5m`, `300`, `-1h`, `step() * 2`. */
export interface DurationText extends Place {
  readonly text: string;
  /** Undefined where a variable or an expression that only the server can compute stands. */
  readonly ms: number | undefined;
}

export type MatchOperator = '=' | '!=' | '=~' | '!~';

export interface Matcher extends Place {
  readonly label: string;
  readonly operator: MatchOperator;
  /** Unquoted. */
  readonly value: string;
}

/** What may follow a selector or subquery. */
export interface Modifiers {
  readonly offset?: DurationText;
  /** Unix seconds, or the start or end of the query's span. */
  readonly at?: number | 'start' | 'end';
  readonly extended?: 'anchored' | 'smoothed';
}

export interface NumberNode extends Place {
  readonly kind: 'number';
  readonly value: number;
  readonly text: string;
}

export interface StringNode extends Place {
  readonly kind: 'string';
  readonly value: string;
}

/** A Grafana variable that stands for a whole operand: of any type. */
export interface VariableNode extends Place {
  readonly kind: 'variable';
  readonly text: string;
}

export interface SelectorNode extends Place {
  readonly kind: 'selector';
  /** Metric name as written before or inside the braces; a variable keeps its own spelling. */
  readonly name?: string;
  /** Without the name, unless it is matched by `__name__`. */
  readonly matchers: readonly Matcher[];
  /** Present on a range selector. */
  readonly range?: DurationText;
  readonly modifiers: Modifiers;
}

export interface SubqueryNode extends Place {
  readonly kind: 'subquery';
  readonly body: Expr;
  readonly range: DurationText;
  readonly step?: DurationText;
  readonly modifiers: Modifiers;
}

export interface CallNode extends Place {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expr[];
}

export interface Grouping extends Place {
  readonly kind: 'by' | 'without';
  readonly labels: readonly string[];
}

export interface AggregationNode extends Place {
  readonly kind: 'aggregation';
  /** Lower case. */
  readonly operator: string;
  readonly args: readonly Expr[];
  readonly grouping?: Grouping;
}

export interface Matching extends Place {
  readonly kind: 'on' | 'ignoring';
  readonly labels: readonly string[];
  /** The side that has many, and the labels taken from the other. */
  readonly group?: 'left' | 'right';
  readonly include: readonly string[];
}

export interface BinaryNode extends Place {
  readonly kind: 'binary';
  /** Lower case. */
  readonly operator: string;
  readonly bool: boolean;
  readonly matching?: Matching;
  /** `fill(0)` of newer servers, as written. */
  readonly fill?: string;
  readonly left: Expr;
  readonly right: Expr;
}

export interface UnaryNode extends Place {
  readonly kind: 'unary';
  readonly operator: '-' | '+';
  readonly body: Expr;
}

export interface ParenNode extends Place {
  readonly kind: 'paren';
  readonly body: Expr;
}

export type Expr =
  | NumberNode
  | StringNode
  | VariableNode
  | SelectorNode
  | SubqueryNode
  | CallNode
  | AggregationNode
  | BinaryNode
  | UnaryNode
  | ParenNode;

export const comparisonOperators: ReadonlySet<string> = new Set(['==', '!=', '>', '<', '>=', '<=']);
export const setOperators: ReadonlySet<string> = new Set(['and', 'or', 'unless']);

/** The operands of a node, left to right. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'call':
    case 'aggregation':
      return expr.args;
    case 'binary':
      return [expr.left, expr.right];
    case 'unary':
    case 'paren':
    case 'subquery':
      return [expr.body];
    case 'number':
    case 'string':
    case 'variable':
    case 'selector':
    default:
      return [];
  }
}

export interface Walked {
  readonly expr: Expr;
  /** The nodes above it, outermost first. */
  readonly above: readonly Expr[];
}

/** The node and all below it, outermost first, in the order of the text. */
export function walk(expr: Expr): readonly Walked[] {
  const found: Walked[] = [];
  const visit = (node: Expr, above: readonly Expr[]): void => {
    found.push({ expr: node, above });
    const children = childrenOf(node);
    if (children.length === 0) return;
    const path = [...above, node];
    for (const child of children) visit(child, path);
  };
  visit(expr, []);
  return found;
}

/** The expression inside its parentheses. */
export function bare(expr: Expr): Exclude<Expr, ParenNode> {
  let inner = expr;
  while (inner.kind === 'paren') inner = inner.body;
  return inner;
}

/** What an aggregation aggregates: its last argument. */
export function aggregated(expr: AggregationNode): Expr | undefined {
  return expr.args.at(-1);
}
