import type { Dsn } from '../../model/ingest.ts';
import type { Project } from '../../model/scope.ts';
import type { ClientKey } from '../../model/usage.ts';

/** Whose DSN it is, of what the token sees. */
export type DsnOwner =
  | { readonly kind: 'found'; readonly key: ClientKey | undefined; readonly project: Project }
  /** The key is of a project, and the DSN names another one. */
  | { readonly kind: 'wrong_project'; readonly key: ClientKey; readonly project: Project | undefined }
  /** Neither key nor project is of this organisation. */
  | { readonly kind: 'other_organization' }
  /** The keys could not be read, or none is that of the DSN. */
  | { readonly kind: 'unknown_key'; readonly project: Project };

/**
 * @param keys of the projects; undefined where they cannot be read
 * @param projects all that the token sees
 */
export function ownerOf(
  { publicKey, projectId }: Dsn,
  keys: readonly ClientKey[] | undefined,
  projects: readonly Project[],
): DsnOwner {
  const project = projects.find(({ id }) => id === projectId);
  const key = keys?.find((one) => one.publicKey === publicKey);
  if (key === undefined) {
    if (project === undefined) return { kind: 'other_organization' };
    return keys === undefined ? { kind: 'found', key: undefined, project } : { kind: 'unknown_key', project };
  }
  if (key.projectId !== undefined && key.projectId !== projectId) {
    return { kind: 'wrong_project', key, project: projects.find(({ id }) => id === key.projectId) };
  }
  return project === undefined ? { kind: 'other_organization' } : { kind: 'found', key, project };
}
