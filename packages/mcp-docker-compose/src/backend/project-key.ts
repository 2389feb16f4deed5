import { createHash } from 'node:crypto';
import type { Compose, Engine } from './port.ts';

/** Part of the names under which something of a project is kept: `[a-z0-9-]`, at most 43 characters. */
export function projectKey(project: {
  readonly name: string;
  /** Its id: the same name on another engine is another project. */
  readonly engine: string;
}): string {
  const slug = project.name.replaceAll(/[^a-z0-9]+/g, '-').slice(0, 30);
  return `${slug}-${createHash('sha256').update(`${project.engine} ${project.name}`).digest('hex').slice(0, 12)}`;
}

/** The key of the project that a backend is about. */
export async function keyOf(
  { engine, compose }: { readonly engine: Pick<Engine, 'info'>; readonly compose: Pick<Compose, 'projectName'> },
  signal: AbortSignal,
): Promise<string> {
  const [name, { id }] = await Promise.all([compose.projectName(signal), engine.info(signal)]);
  return projectKey({ name, engine: id });
}
