import type { Project } from '../model/scope.ts';

/** Wanted environments that no project has, though projects tell theirs. */
export function unknownEnvironments(
  projects: readonly Pick<Project, 'environments'>[],
  wanted: readonly string[],
): { readonly unknown: readonly string[]; readonly known: readonly string[] } {
  const known = [...new Set(projects.flatMap(({ environments = [] }) => environments))];
  return { known, unknown: known.length === 0 ? [] : wanted.filter((name) => !known.includes(name)) };
}
