import type { FunctionReference, StatementReferences } from '../parse/references.ts';
import { GuardRefusal } from '../refusal.ts';
import type { FunctionFact } from './facts.ts';
import type { Origin } from './frontier.ts';
import { SAMPLERS } from './function-lists.ts';
import { judgeFunction } from './judge-function.ts';
import { FIRST_USER_OID } from './reach-query.ts';
import { refuseObject } from './refuse-object.ts';

type Allowed = (qualifiedName: string) => boolean;

/**
 * @param candidates all functions of the name that were found
 * @throws GuardRefusal when a candidate of the name as written may do more than read
 */
export function judgeNamedFunction(
  fact: FunctionFact,
  reference: FunctionReference | undefined,
  candidates: readonly FunctionFact[],
  allowed: Allowed,
): void {
  if (reference === undefined || !canMean(reference, fact) || isHidden(reference, fact, candidates)) return;
  if (reference.form === 'sampling' && fact.oid < FIRST_USER_OID && SAMPLERS.includes(fact.name)) return;
  const verdict = judgeFunction(fact, 'named', allowed);
  if (verdict === undefined) return;
  const shown = `function ${fact.schema}.${fact.name}`;
  throw refuseObject(verdict.rule, shown, { from: reference, path: [] }, verdict.words, verdict.instead);
}

/** @throws GuardRefusal when a function that the statement runs without naming it may do more than read */
export function judgeReachedFunction(fact: FunctionFact, origin: Origin, allowed: Allowed): void {
  const verdict = judgeFunction(fact, origin.use, allowed);
  if (verdict === undefined) return;
  throw refuseObject(verdict.rule, `function ${fact.schema}.${fact.name}`, origin, verdict.words, verdict.instead);
}

/**
 * A call of a name that the catalog does not hold is refused, not left to the server: a newer server may read it as grammar
 * that this parser does not know.
 */
export function refuseUnknown(
  references: StatementReferences,
  found: { readonly functions: ReadonlySet<number>; readonly types: ReadonlySet<number> },
): void {
  for (const [index, reference] of references.functions.entries()) {
    if (reference.form !== 'call' && reference.form !== 'sampling') continue;
    if (found.functions.has(index + 1)) continue;
    const castIndex = references.types.findIndex(({ position, name, node }) => {
      return node === reference.node && position === reference.position && name === reference.name;
    });
    if (castIndex >= 0 && found.types.has(castIndex + 1)) continue;
    const written = reference.schema === undefined ? reference.name : `${reference.schema}.${reference.name}`;
    throw new GuardRefusal({
      rule: 'function-unknown',
      node: reference.node,
      position: reference.position,
      message: `function ${written} does not exist on the search path`,
      instead: 'correct the name or write its schema',
    });
  }
}

/** `a.b` and `(x).b` run a function only when it takes one argument; `a.b` only when that can be a row. */
function canMean(reference: FunctionReference, fact: FunctionFact): boolean {
  if (reference.form === 'column') return fact.oneArgument && fact.rowArgument === true;
  if (reference.form === 'field') return fact.oneArgument;
  return true;
}

/** Of two functions with the same arguments the server only sees the one whose schema comes first on the search path. */
function isHidden(reference: FunctionReference, fact: FunctionFact, candidates: readonly FunctionFact[]): boolean {
  if (reference.schema !== undefined || reference.namedArguments || !fact.fixedArguments) return false;
  return candidates.some(
    (other) =>
      other.fixedArguments &&
      (other.position ?? Infinity) < (fact.position ?? 0) &&
      other.arguments.join() === fact.arguments.join(),
  );
}
