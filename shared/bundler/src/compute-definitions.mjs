import { createRequire } from 'node:module';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import { build } from 'esbuild';
import { baseOptions } from './esbuild-options.mjs';
import { withoutAjv, wholeZod } from './plugins.mjs';

const script = `import { toolDefinition } from '@cinecom/mcp-core';
import { server } from './src/server.ts';
export const definitions = async () => (await server.tools()).map((tool) => toolDefinition(tool));`;

/**
 * The tool definitions of a server, computed from the very sources that are bundled.
 *
 * @param {string} folder
 * @param {readonly string[]} external
 * @returns {Promise<readonly unknown[]>}
 */
export async function computeDefinitions(folder, external) {
  const { outputFiles } = await build({
    ...baseOptions(folder, external),
    stdin: { contents: script, resolveDir: folder },
    plugins: [withoutAjv, wholeZod],
  });
  const code = outputFiles[0]?.text ?? '';
  /** @type {{ exports: { definitions?: () => Promise<readonly unknown[]> } }} */
  const module = { exports: {} };
  const path = join(folder, 'definitions.cjs');
  compileFunction(code, ['module', 'exports', 'require'], { filename: path })(
    module,
    module.exports,
    createRequire(path),
  );
  if (module.exports.definitions === undefined) throw new Error(`${folder}: no server to take definitions from`);
  return module.exports.definitions();
}
