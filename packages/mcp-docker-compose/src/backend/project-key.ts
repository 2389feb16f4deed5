import { createHash } from 'node:crypto';

/**
 * Names what is kept of a project: at most 43 characters of `[a-z0-9-]`.
 *
 * @param project its name and the id of its engine: the same name elsewhere is another project
 */
export function projectKey(project: { readonly name: string; readonly engine: string }): string {
  const slug = project.name.replaceAll(/[^a-z0-9]+/g, '-').slice(0, 30);
  return `${slug}-${createHash('sha256').update(`${project.engine} ${project.name}`).digest('hex').slice(0, 12)}`;
}
