import type { Json } from '../json.ts';

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** A parsed expression: a finite tree that evaluates in one pass, without loops, calls out, or side effects. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'path'; readonly root: string; readonly keys: readonly (string | number)[] }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'length'; readonly of: Expression }
  | { readonly kind: 'default'; readonly of: Expression; readonly otherwise: Expression };

/** A way into the data: `steps.a.findings[0]`. */
export type Path = Expression & { readonly kind: 'path' };

/** Why a text is no expression; `at` counts characters from its start. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}
