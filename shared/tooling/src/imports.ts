/** Module specifiers that a source imports statically, dynamically or by re-export, type-only ones apart. */
export interface Imports {
  readonly values: readonly string[];
  readonly types: readonly string[];
}

const statement = /^\s*(?:import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
const dynamic = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

export function importsOf(source: string): Imports {
  const values: string[] = [];
  const types: string[] = [];
  for (const [, typeOnly, specifier] of source.matchAll(statement)) {
    (typeOnly === undefined ? values : types).push(specifier!);
  }
  for (const [, specifier] of source.matchAll(dynamic)) values.push(specifier!);
  return { values, types };
}
