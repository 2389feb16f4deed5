import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuiltClient, type BuiltOptions, openBuilt } from '@cinecom/mcp-core/testing';
import type { DockerServer } from '@cinecom/testbed';

/** What is published, as `npm run build` leaves it. */
export const binary = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** What the server needs of its environment to find the engine and the Compose command of the test bed, and no others. */
export function environmentOf(server: DockerServer): Readonly<Record<string, string>> {
  const folder = join(server.folder, 'commands');
  mkdirSync(folder, { recursive: true });
  const link = join(folder, 'docker-compose');
  if (!existsSync(link)) symlinkSync(server.composeProgram, link);
  return { DOCKER_HOST: server.host, PATH: folder, HOME: server.folder };
}

/** The built server over the Compose files of a project. */
export async function openBinary(
  server: DockerServer,
  files: readonly string[],
  options: BuiltOptions = {},
): Promise<BuiltClient> {
  return openBuilt(binary, {
    ...options,
    env: { ...environmentOf(server), ...options.env },
    argv: [...files.flatMap((file) => ['--file', file]), ...(options.argv ?? [])],
  });
}
