/** Before and after the code: the parameters of any CommonJS module, as one script that a code cache can belong to. */
export const wrapper = ['(function (exports, require, module, __filename, __dirname) {', '\n})'];

/**
 * `cli.js`: runs `cli-code.js`, from a code cache when one of this Node is there. A cache that V8 rejects is as good as none.
 *
 * @param {string} digest of the code: V8 itself compares only lengths
 */
export function loaderText(digest) {
  return `#!/usr/bin/env node
'use strict';
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const filename = join(__dirname, 'cli-code.js');
const source = ${JSON.stringify(wrapper[0])} + readFileSync(filename, 'latin1') + ${JSON.stringify(wrapper[1])};
const cache = \`cli-code.${digest}.\${process.platform}-\${process.arch}-\${process.versions.v8}.cache\`;

let cachedData;
try {
  cachedData = readFileSync(join(__dirname, cache));
} catch {
  // No cache of this Node: the code is compiled, which only takes a little longer.
}
const run = new Script(source, { filename, cachedData }).runInThisContext();
run.call(exports, exports, require, module, filename, __dirname);
`;
}

/**
 * Name of the cache that `cli.js` looks for under the Node that runs this.
 *
 * @param {string} digest
 */
export function cacheName(digest) {
  return `cli-code.${digest}.${process.platform}-${process.arch}-${process.versions.v8}.cache`;
}
