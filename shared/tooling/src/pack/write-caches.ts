import { join } from 'node:path';
import { root } from '../repository.ts';
import { runToSuccess } from '../run-program.ts';

const script = "import('@cinecom/bundler').then(({ writeCodeCache }) => writeCodeCache('dist'))";

/**
 * Adds the code caches of other versions of Node to a bundled server: under a Node without one it starts from source.
 *
 * @param versions as npm knows them: `22`, `24.1.0`
 */
export async function writeCaches(folder: string, versions: readonly string[]): Promise<void> {
  for (const version of versions) {
    const argv = ['-y', '-p', `node@${version}`, 'node', '--eval', script];
    await runToSuccess('npx', argv, { cwd: join(root, folder) });
  }
}
