/** Something read from the server, or why it could not be: a missing extension or grant is a result, not an error. */
export type Part<Value> = { readonly value: Value } | { readonly missing: string };

export function isRead<Value>(part: Part<Value> | undefined): part is { readonly value: Value } {
  return part !== undefined && 'value' in part;
}
