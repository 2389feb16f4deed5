/** A name in the statement, with the place that wrote it. */
export interface NameReference {
  /** As written; `undefined` is looked up along the search path. */
  readonly schema: string | undefined;
  readonly name: string;
  /** UTF-16 offset in the text. */
  readonly position: number;
  readonly node: string;
}

export interface FunctionReference extends NameReference {
  /**
   * `call`: written as a function. `syntax`: grammar that stands for a function on some server version, which need not exist.
   * `column`: `a.b`, which PostgreSQL also reads as `b(a)`. `field`: `(expression).b`, likewise. `sampling`: after TABLESAMPLE.
   */
  readonly form: 'call' | 'syntax' | 'column' | 'field' | 'sampling';
  /** Arguments are given by name, as in `f(a => 1)`. */
  readonly namedArguments: boolean;
}

/** Everything that a statement names and that the catalog has to answer for. */
export interface StatementReferences {
  readonly functions: readonly FunctionReference[];
  readonly operators: readonly NameReference[];
  readonly types: readonly NameReference[];
  readonly relations: readonly NameReference[];
  /** Names that WITH gives; a relation reference of such a name may mean it. */
  readonly commonTables: readonly string[];
  /** Highest `$n`; 0 without parameters. */
  readonly parameters: number;
}
