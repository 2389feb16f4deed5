import type { ComposeService } from '../../model/compose-model.ts';

/**
 * Services so that each comes after those it depends on; among equals by name. A circle, which Compose refuses, is cut at
 * the first of it.
 */
export function dependencyOrder(
  services: ReadonlyMap<string, ComposeService>,
  wanted: readonly string[],
): readonly string[] {
  const ordered: string[] = [];
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const dependency of [...(services.get(name)?.dependsOn.keys() ?? [])].toSorted()) visit(dependency);
    ordered.push(name);
  };
  for (const name of [...wanted].toSorted()) visit(name);
  return ordered.filter((name) => wanted.includes(name));
}
