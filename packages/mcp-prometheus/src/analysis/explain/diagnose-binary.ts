import { comparisonOperators, type BinaryNode, type Labels, numberOf, printExpr, type Series } from '@cinecom/promql';
import { shownNumber } from '../../text/index.ts';
import { type Diagnosis, excerpt } from './diagnosis.ts';

/** What both sides of an operator have while the whole has nothing; at most a sample of each. */
export interface SidesReading {
  readonly left: readonly Series[];
  readonly right: readonly Series[];
  readonly leftTotal: number;
  readonly rightTotal: number;
}

/** Why an operator over two sides with data gives nothing. */
export function diagnoseBinary(expr: BinaryNode, { left, right, leftTotal, rightTotal }: SidesReading): Diagnosis {
  const part = excerpt(printExpr(expr));
  const threshold = numberOf(expr.right) ?? numberOf(expr.left);
  if (comparisonOperators.has(expr.operator) && threshold !== undefined)
    return conditionFalse(part, expr, threshold, numberOf(expr.right) === undefined ? right : left);
  if (expr.operator === 'unless')
    return {
      code: 'condition_false',
      part,
      evidence: `all ${leftTotal} series of the left side are excluded by the ${rightTotal} of the right`,
      fix: 'This is how unless says "no": nothing is left over.',
    };
  const proposal = proposeMatching(left, right);
  const bothSides = `left has ${leftTotal} series with the labels ${shownNames(left)}; right has ${rightTotal} with ${shownNames(right)}`;
  if (comparisonOperators.has(expr.operator) && proposal.matchesNow)
    return {
      code: 'condition_false',
      part,
      evidence: `${bothSides}; they match, and for no pair ${expr.operator} holds`,
      fix: `Nearest pair: ${proposal.example}`,
    };
  return {
    code: 'sides_do_not_match',
    part,
    evidence: bothSides,
    fix:
      proposal.labels.length === 0
        ? 'No label has equal values on both sides: aggregate both by what they share, or compare with scalar(…).'
        : `Match by what is equal: ${matchingText(expr, proposal)}`,
  };
}

function conditionFalse(
  part: string,
  { operator, right }: BinaryNode,
  threshold: number,
  series: readonly Series[],
): Diagnosis {
  const values = series.flatMap(({ points }) => points.at(-1)?.[1] ?? []).filter((value) => !Number.isNaN(value));
  const nearest = values.toSorted((a, b) => Math.abs(a - threshold) - Math.abs(b - threshold))[0];
  const written =
    numberOf(right) === undefined
      ? `${shownNumber(threshold)} ${operator} value`
      : `value ${operator} ${shownNumber(threshold)}`;
  if (nearest === undefined)
    return {
      code: 'condition_false',
      part,
      evidence: `every value is NaN, and NaN fulfils no comparison`,
      fix: 'Look for a division of 0 by 0.',
    };
  return {
    code: 'condition_false',
    part,
    evidence: `${written} holds for none: the nearest is ${shownNumber(nearest)}, ${shownNumber(Math.abs(nearest - threshold))} away; values from ${shownNumber(Math.min(...values))} to ${shownNumber(Math.max(...values))}`,
    fix: 'For an alert this is the healthy state. To see values, leave the comparison out.',
  };
}

interface Proposal {
  readonly labels: readonly string[];
  readonly group: 'left' | 'right' | undefined;
  readonly matchesNow: boolean;
  readonly example: string;
}

/** Labels that both sides have with at least one equal value. */
function proposeMatching(left: readonly Series[], right: readonly Series[]): Proposal {
  const common = namesOf(left).filter((name) => namesOf(right).includes(name));
  const shared = common.filter((name) => {
    const values = new Set(left.map(({ labels }) => labels[name]));
    return right.some(({ labels }) => labels[name] !== undefined && values.has(labels[name]));
  });
  const key = (labels: Labels): string => JSON.stringify(shared.map((name) => labels[name] ?? ''));
  const counts = (side: readonly Series[]): number => new Set(side.map(({ labels }) => key(labels))).size;
  const group = counts(left) < left.length ? 'left' : counts(right) < right.length ? 'right' : undefined;
  const full = (labels: Labels): string =>
    JSON.stringify(
      Object.entries(labels)
        .filter(([name]) => name !== '__name__')
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
  const twin = left.flatMap((one) => {
    const other = right.find(({ labels }) => full(labels) === full(one.labels));
    return other === undefined
      ? []
      : [`${shownNumber(one.points.at(-1)?.[1])} and ${shownNumber(other.points.at(-1)?.[1])}`];
  })[0];
  return { labels: shared, group, matchesNow: twin !== undefined, example: twin ?? '' };
}

function matchingText({ operator }: BinaryNode, { labels, group }: Proposal): string {
  const tail = group === undefined || ['and', 'or', 'unless'].includes(operator) ? '' : ` group_${group} ()`;
  return `${operator} on (${labels.join(', ')})${tail}`;
}

function namesOf(side: readonly Series[]): readonly string[] {
  return [...new Set(side.flatMap(({ labels }) => Object.keys(labels)))]
    .filter((name) => name !== '__name__')
    .toSorted();
}

function shownNames(side: readonly Series[]): string {
  return `{${namesOf(side).slice(0, 12).join(', ')}}`;
}
