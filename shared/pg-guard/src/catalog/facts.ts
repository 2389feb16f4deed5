/** A function of the catalog, as `REACH_QUERY` tells it. */
export interface FunctionFact {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** `f` function, `a` aggregate, `w` window function, `p` procedure. */
  readonly kind: string;
  readonly volatility: string;
  readonly language: string;
  readonly superuserOwned: boolean;
  readonly extension: string | null;
  /** Takes `cstring` or `internal`: made for the server's own use. */
  readonly lowLevel: boolean;
  readonly oneArgument: boolean;
  /** Its first argument can be a whole row. */
  readonly rowArgument: boolean | null;
  /** Types of the input arguments. */
  readonly arguments: readonly number[];
  /** Place of its schema on the search path from 1; `null` when not on it. */
  readonly position: number | null;
  /** An SQL function kept as text, which the server reads along the search path of the caller. */
  readonly textBody: boolean;
  /** Neither VARIADIC nor with defaults. */
  readonly fixedArguments: boolean;
  /** Functions that an aggregate is made of. */
  readonly parts: readonly number[] | null;
}

export interface OperatorFact {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly function: number;
  readonly superuserOwned: boolean;
}

/** A type of a user to which something is bound. */
export interface TypeFact {
  /** What led to it: a type or a relation, with `via` its number. */
  readonly source: 'type' | 'relation';
  readonly via: number;
  readonly schema: string;
  readonly name: string;
  /** Cast, input, output, ordering and hashing functions, which run without being named; not those bound harmlessly. */
  readonly support: readonly number[];
  /** Analysed CHECK expressions of a domain. */
  readonly trees: readonly string[];
}

/** A cast function between two built-in types, made by a user. */
export interface CastFact {
  readonly function: number;
  readonly source: string;
  readonly target: string;
}

export interface RelationFact {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  /** A foreign table with the option `program`, which file_fdw starts. */
  readonly runsProgram: boolean;
  readonly rule: { readonly oid: number; readonly version: string } | null;
  readonly children: readonly number[] | null;
  readonly policies: readonly string[] | null;
  /** Analysed expressions that reading the table evaluates. */
  readonly trees: readonly string[] | null;
  /** Analysed expressions of indexes, checks, statistics and partitions: the planner computes the constant parts of them. */
  readonly planned: readonly string[] | null;
}

export type ReachRow =
  | { readonly kind: 'function'; readonly ref: number; readonly fact: FunctionFact }
  | { readonly kind: 'operator'; readonly ref: number; readonly fact: OperatorFact }
  | { readonly kind: 'name'; readonly ref: number; readonly fact: null }
  | { readonly kind: 'types'; readonly ref: number; readonly fact: readonly number[] | null }
  | { readonly kind: 'type'; readonly ref: number; readonly fact: TypeFact }
  | { readonly kind: 'cast'; readonly ref: number; readonly fact: CastFact }
  | { readonly kind: 'relation'; readonly ref: number; readonly fact: RelationFact };
