import type { Release } from '../../model/release.ts';
import type { Project } from '../../model/scope.ts';

export interface SharedProjects {
  /** Those that have both releases; all where a release does not tell its projects. */
  readonly shared: readonly Project[];
  /** Those that have only one of them: what is new there is not what the release changed. */
  readonly others: readonly Project[];
}

/**
 * Where two releases can be compared: a version that a further project begins with is no rise of its rates.
 *
 * @param projects those that are looked at
 */
export function sharedProjects(
  projects: readonly Project[],
  current: Pick<Release, 'projects'>,
  before: Pick<Release, 'projects'>,
): SharedProjects {
  if (current.projects.length === 0 || before.projects.length === 0) return { shared: projects, others: [] };
  const isOf = (release: Pick<Release, 'projects'>, { slug }: Project): boolean => release.projects.includes(slug);
  return {
    shared: projects.filter((project) => isOf(current, project) && isOf(before, project)),
    others: projects.filter((project) => isOf(current, project) !== isOf(before, project)),
  };
}
