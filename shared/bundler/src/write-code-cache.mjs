import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { cacheName } from './loader.mjs';

const cachedRun = fileURLToPath(new URL('cached-run.mjs', import.meta.url));

const longestMs = 20_000;

const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'bundler', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/**
 * Writes the code cache of a bundle for the Node that runs this, after one whole handshake.
 *
 * @param {string} folder
 * @returns {Promise<string>} name of the file
 * @throws Error when the bundle does not answer the handshake
 */
export async function writeCodeCache(folder) {
  const dist = resolve(folder);
  const digest = /cli-code\.([0-9a-f]+)\./.exec(readFileSync(join(dist, 'cli.js'), 'utf8'))?.[1] ?? '';
  const name = cacheName(digest);
  const state = mkdtempSync(join(tmpdir(), 'cinecom-bundle-'));
  try {
    await handshake([cachedRun, join(dist, 'cli-code.js'), join(dist, name)], state);
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
  if (!readdirSync(dist).includes(name)) throw new Error(`${dist}: the code cache was not written`);
  return name;
}

/**
 * @param {readonly string[]} argv
 * @param {string} state
 */
async function handshake(argv, state) {
  const child = spawn(process.execPath, argv, {
    env: { PATH: process.env['PATH'], CINECOM_STATE_DIR: state },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: longestMs,
  });
  const complaints = text(child.stderr);
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  for (const method of ['server/discover', 'tools/list']) {
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: method, method, params: { _meta: envelope } })}\n`);
    const { value } = await lines.next();
    if (value === undefined || JSON.parse(value).result === undefined) {
      child.kill('SIGKILL');
      throw new Error(`the bundle did not answer ${method}: ${value ?? 'it ended'}\n${await complaints}`);
    }
  }
  child.stdin.end();
  const [code] = await exited;
  if (code !== 0) throw new Error(`the bundle ended with ${code}\n${await complaints}`);
}
