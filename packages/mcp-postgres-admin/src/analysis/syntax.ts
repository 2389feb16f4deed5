/** A node of PostgreSQL's parse tree as the parser's JSON has it: fields that are 0, false or empty are left out. */
export type Node = Readonly<Record<string, unknown>>;

/** The fields of a wrapped node `{Type: fields}` when it is of this type. */
export function as(type: string, wrapped: unknown): Node | undefined {
  const node = isNode(wrapped) ? wrapped[type] : undefined;
  return isNode(node) ? node : undefined;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Words of a name such as `public.movies`; undefined when it is not made of words alone. */
export function words(value: unknown): readonly string[] | undefined {
  const parts = list(value).map((part) => text(as('String', part)?.['sval']));
  return parts.length > 0 && parts.every((part) => part !== undefined) ? parts : undefined;
}

/** Operator of an expression, `=` or `~~`. */
export function operator(expression: Node): string {
  return words(expression['name'])?.at(-1) ?? '';
}

/** Parts that all have to hold. */
export function conjuncts(condition: unknown): readonly unknown[] {
  const boolean = as('BoolExpr', condition);
  if (boolean?.['boolop'] === 'AND_EXPR') return list(boolean['args']).flatMap(conjuncts);
  return condition === undefined ? [] : [condition];
}

/** Nodes directly below, wrapped. */
export function children(wrapped: unknown): readonly unknown[] {
  if (Array.isArray(wrapped)) return wrapped;
  return isNode(wrapped) ? Object.values(wrapped).filter((value) => typeof value === 'object' && value !== null) : [];
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
