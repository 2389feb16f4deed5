// Run by write-code-cache.mjs in a process of its own: runs a bundle as its cli.js would, and at its end writes the
// code cache, which then holds every function that was called so far.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';
import { wrapper } from './loader.mjs';

const [, , filename = '', cache = ''] = process.argv;
process.argv.splice(1, 3, filename);
const script = new Script(wrapper.join(readFileSync(filename, 'latin1')), { filename });
process.once('exit', () => writeFileSync(cache, script.createCachedData()));
const module = { exports: {} };
script
  .runInThisContext()
  .call(module.exports, module.exports, createRequire(filename), module, filename, dirname(filename));
