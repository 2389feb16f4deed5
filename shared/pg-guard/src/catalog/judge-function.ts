import type { GuardRule } from '../refusal.ts';
import type { FunctionFact } from './facts.ts';
import {
  ALLOWED_EXTENSIONS,
  DENIED_FAMILIES,
  HARMLESS_EXTENSION_VOLATILE,
  HARMLESS_VOLATILE,
  SAMPLERS,
} from './function-lists.ts';
import { FIRST_USER_OID } from './reach-query.ts';

export interface FunctionVerdict {
  readonly rule: GuardRule;
  readonly words: string;
  readonly instead: string;
}

/**
 * How the statement comes to a function. `named`: written in it. `reached`: by a view, a check, a policy, or bound to something
 * that any user could have made. `support`: bound by a superuser to an operator, a cast or a type. `planned`: in an expression
 * that the planner looks at, with arguments that are not constant.
 */
export type FunctionUse = 'named' | 'reached' | 'support' | 'planned';

const BUILT_IN_SCHEMAS: readonly string[] = ['pg_catalog', 'information_schema'];

/**
 * Judges one function: `undefined` when running it changes nothing.
 *
 * @param allowed whether the operator allowed `schema.name`; never opens built-in functions or those of an extension's deny list
 */
export function judgeFunction(
  fact: FunctionFact,
  use: FunctionUse,
  allowed: (qualifiedName: string) => boolean,
): FunctionVerdict | undefined {
  const builtIn = fact.oid < FIRST_USER_OID && BUILT_IN_SCHEMAS.includes(fact.schema);
  if (builtIn && SAMPLERS.includes(fact.name) && use === 'reached') return undefined;
  // the planner writes the body of an SQL function into the expression and computes what is constant in it; others wait
  if (use === 'planned' && fact.language !== 'sql') return undefined;
  if (fact.kind === 'p') return { rule: 'function-denied', words: 'is a procedure', instead: 'a function or a query' };
  if (builtIn || fact.extension !== null) {
    const family = DENIED_FAMILIES.find(({ names }) => names.test(fact.name));
    if (family !== undefined) return { rule: 'function-denied', words: family.words, instead: family.instead };
  }
  if (builtIn) return judgeBuiltIn(fact, use);
  if (allowed(`${fact.schema}.${fact.name}`)) return undefined;
  // only a superuser can make a function in C; extensions such as cube overload = and > for their own types
  if (use === 'support' && fact.volatility !== 'v' && ['c', 'internal'].includes(fact.language)) return undefined;
  return fact.extension === null ? notAllowed(fact) : judgeExtension(fact, fact.extension);
}

function judgeBuiltIn(fact: FunctionFact, use: FunctionUse): FunctionVerdict | undefined {
  if (use === 'named' && fact.lowLevel) {
    return { rule: 'function-denied', words: 'is for the server’s own use', instead: 'a cast, CAST(… AS type)' };
  }
  if (fact.volatility !== 'v' || HARMLESS_VOLATILE.test(fact.name)) return undefined;
  return { rule: 'function-volatile', words: 'is volatile and not known to be harmless', instead: 'leave it out' };
}

function judgeExtension(fact: FunctionFact, extension: string): FunctionVerdict | undefined {
  // a database owner can add functions of his own to a trusted extension
  const genuine = fact.superuserOwned || ['c', 'internal'].includes(fact.language);
  if (genuine && HARMLESS_EXTENSION_VOLATILE.test(`${extension}.${fact.name}`)) return undefined;
  if (!genuine || !ALLOWED_EXTENSIONS.includes(extension)) return notAllowed(fact);
  if (fact.volatility !== 'v') return undefined;
  return { rule: 'function-volatile', words: `of extension ${extension} is volatile`, instead: 'leave it out' };
}

function notAllowed(fact: FunctionFact): FunctionVerdict {
  return {
    rule: 'function-not-allowed',
    words: 'is not built in, so what it does is not known',
    instead: `if it only reads, an operator allows it by --allow-functions ${fact.schema}.${fact.name}`,
  };
}
