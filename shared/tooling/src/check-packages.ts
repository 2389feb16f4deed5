import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { publishedFolders, root } from './repository.ts';

// `npm run packages`: what is published would install and resolve, in the words of publint and attw.
const binaries = join(root, 'node_modules/.bin');

/** Runs one tool on one package; its output goes to this terminal. */
function passes(tool: string, args: readonly string[]): boolean {
  console.log(`\n${tool} ${args.join(' ')}`);
  return spawnSync(join(binaries, tool), args, { cwd: root, stdio: 'inherit' }).status === 0;
}

const failed = publishedFolders().filter((folder) => {
  const linted = passes('publint', [folder, '--strict']);
  // A server has a binary and no importable entry, so there are no types to resolve.
  const typed = !folder.startsWith('shared/') || passes('attw', ['--pack', folder, '--profile', 'esm-only']);
  return !(linted && typed);
});
if (failed.length > 0) {
  console.error(`\nnot ready to be published: ${failed.join(', ')}`);
  process.exitCode = 1;
}
