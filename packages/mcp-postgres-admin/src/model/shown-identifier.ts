/** A name as people write it in SQL, quoted only where it is not plain. What is run takes `quoteIdentifier` of pg-guard. */
export function shownIdentifier(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
