import type { Release } from '../../model/release.ts';

/**
 * The release before another one of the same projects.
 *
 * @param releases newest first
 * @returns the newest that is older; undefined without one
 */
export function releaseBefore(releases: readonly Release[], current: Release): Release | undefined {
  const place = releases.findIndex(({ version }) => version === current.version);
  const older =
    place === -1
      ? releases.filter(({ createdAt }) => (createdAt ?? Infinity) < (current.createdAt ?? -Infinity))
      : releases.slice(place + 1);
  return older.find(
    ({ version, projects }) =>
      version !== current.version &&
      (current.projects.length === 0 || projects.some((project) => current.projects.includes(project))),
  );
}
