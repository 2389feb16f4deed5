import {
  aggregated,
  bare,
  type BinaryNode,
  type CallNode,
  type Expr,
  formatDuration,
  printExpr,
  printSelector,
  type SelectorNode,
  type Series,
  withoutTime,
} from '@cinecom/promql';
import { diagnoseBinary } from '../analysis/explain/diagnose-binary.ts';
import { type Diagnosis, excerpt } from '../analysis/explain/diagnosis.ts';
import type { Asking } from './asking.ts';
import { whySelector } from './why-selector.ts';

const mostSelectors = 5;
const sample = 100;

export interface WhyEmpty {
  readonly diagnoses: readonly Diagnosis[];
  /** Parts for which no reason was found, as written. */
  readonly unexplained: readonly string[];
}

/** Walks from the root of an empty expression to the parts that make it so. */
export async function whyEmpty(expr: Expr, asking: Asking, retentionMs: number | undefined): Promise<WhyEmpty> {
  const walker = createWalker(asking, retentionMs);
  const diagnoses = await walker.explain(expr);
  return { diagnoses, unexplained: walker.unexplained };
}

interface Walker {
  readonly explain: (expr: Expr) => Promise<readonly Diagnosis[]>;
  readonly unexplained: readonly string[];
}

function createWalker(asking: Asking, retentionMs: number | undefined): Walker {
  const unexplained: string[] = [];
  let selectors = 0;
  const giveUp = (expr: Expr): readonly Diagnosis[] => {
    unexplained.push(excerpt(printExpr(expr), 80));
    return [];
  };
  const selector = async (node: SelectorNode): Promise<readonly Diagnosis[]> => {
    selectors += 1;
    if (selectors > mostSelectors) return giveUp(node);
    const short = node.range === undefined ? undefined : await windowTooShort(node, asking);
    return short === undefined ? whySelector(node, asking, retentionMs) : [short];
  };
  const explain = async (expr: Expr): Promise<readonly Diagnosis[]> => {
    const node = bare(expr);
    switch (node.kind) {
      case 'selector':
        return selector(node);
      case 'unary':
      case 'subquery':
        return explain(node.body);
      case 'aggregation': {
        const body = aggregated(node);
        return body === undefined ? giveUp(node) : explain(body);
      }
      case 'call':
        return explainCall(node);
      case 'binary':
        return explainBinary(node);
      case 'number':
      case 'string':
      case 'variable':
      default:
        return giveUp(node);
    }
  };
  const explainCall = async (node: CallNode): Promise<readonly Diagnosis[]> => {
    const body = node.args.find((arg) => !['number', 'string'].includes(bare(arg).kind));
    if (body === undefined) return giveUp(node);
    if (node.name.startsWith('absent')) return [present(node)];
    return explain(body);
  };
  const explainBinary = async (node: BinaryNode): Promise<readonly Diagnosis[]> => {
    if (node.operator === 'or')
      return [...(await explain(node.left)), ...(isConstant(node.right) ? [] : await explain(node.right))];
    const [left, right] = await Promise.all([sideOf(node.left, asking), sideOf(node.right, asking)]);
    if (left === undefined || right === undefined) return giveUp(node);
    const empty = [
      ...(left.total === 0 ? [node.left] : []),
      ...(right.total === 0 && node.operator !== 'unless' ? [node.right] : []),
    ];
    if (empty.length === 0)
      return [
        diagnoseBinary(node, {
          left: left.series,
          right: right.series,
          leftTotal: left.total,
          rightTotal: right.total,
        }),
      ];
    const found: Diagnosis[] = [];
    for (const side of empty) found.push(...(await explain(side)));
    return found;
  };
  return { explain, unexplained };
}

function present(node: CallNode): Diagnosis {
  return {
    code: 'condition_false',
    part: excerpt(printExpr(node)),
    evidence: 'what it asks for is there, so absent gives nothing',
    fix: 'This is the healthy state.',
  };
}

/** Numbers and what is made of them alone. */
function isConstant(expr: Expr): boolean {
  const node = bare(expr);
  if (node.kind === 'call') return ['vector', 'time', 'pi'].includes(node.name);
  return node.kind === 'number';
}

async function sideOf(
  expr: Expr,
  asking: Asking,
): Promise<{ readonly series: readonly Series[]; readonly total: number } | undefined> {
  const node = bare(expr);
  if (isConstant(node) || (node.kind === 'call' && node.name === 'scalar') || isArithmetic(node))
    return { series: [], total: 1 };
  const text = printExpr(node);
  const total = await asking.count(text);
  if (total === undefined) return undefined;
  if (total === 0) return { series: [], total };
  const answer = await asking.instant(total > sample ? `topk(${sample}, ${text})` : text);
  return { series: answer?.series ?? [], total };
}

function isArithmetic(expr: Expr): boolean {
  const node = bare(expr);
  if (node.kind === 'unary') return isArithmetic(node.body);
  if (node.kind === 'binary') return isArithmetic(node.left) && isArithmetic(node.right);
  return node.kind === 'number';
}

/** A range with one sample gives no rate. Undefined where there are two, or none at all. */
async function windowTooShort(node: SelectorNode, asking: Asking): Promise<Diagnosis | undefined> {
  const most = await valueOf(`max(count_over_time(${printSelector(node)}))`, asking);
  if (most !== undefined && most >= 2) return undefined;
  const plain = printSelector(withoutTime(node));
  // between two samples a short window has none, though an instant selector still has the last one
  if (most === undefined && !((await asking.count(printSelector(withoutRange(node)))) ?? 0)) return undefined;
  const hourly = await valueOf(`max(count_over_time(${plain}[1h]))`, asking);
  const intervalMs = hourly === undefined || hourly < 2 ? undefined : Math.ceil(3600 / hourly) * 1000;
  const wanted = intervalMs === undefined ? 'four times the scrape interval' : formatDuration(4 * intervalMs);
  const seen = intervalMs === undefined ? '' : `; samples come about every ${formatDuration(intervalMs)}`;
  return {
    code: 'window_too_short',
    part: excerpt(printSelector(node)),
    evidence: `no series has more than ${most ?? 0} samples in ${node.range!.text}${seen}`,
    fix: `Take a window of at least ${wanted}.`,
  };
}

function withoutRange({ range: _range, ...rest }: SelectorNode): SelectorNode {
  return rest;
}

async function valueOf(query: string, asking: Asking): Promise<number | undefined> {
  return (await asking.instant(query))?.series[0]?.points.at(-1)?.[1];
}
