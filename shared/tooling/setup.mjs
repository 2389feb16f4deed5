// Makes a clean clone ready with only Node and npm: installs what the lock file names, builds everything.
// Plain JavaScript without dependencies, since it runs before anything is installed or built.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const started = performance.now();
const oldestNode = [20, 19];
const beatMs = 10_000;

function say(text) {
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6);
  process.stderr.write(`setup ${seconds} s  ${text}\n`);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [wantedMajor, wantedMinor] = oldestNode;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  say(`Node ${process.versions.node} is too old: ${oldestNode.join('.')} or newer is needed (https://nodejs.org)`);
  process.exit(1);
}

/** pnpm keeps a copy of the lock file that it last installed from, written when the installation was complete. */
function isInstalled() {
  const record = join(root, 'node_modules', '.pnpm', 'lock.yaml');
  return existsSync(record) && readFileSync(record).equals(readFileSync(join(root, 'pnpm-lock.yaml')));
}

/** Runs one step, showing that it is alive; on failure prints its whole output and ends with its exit code. */
async function step(what, program, argv) {
  say(what);
  const beat = setInterval(() => say(`${what}, still at it`), beatMs);
  const bin = join(root, 'node_modules', '.bin');
  const environment = {
    ...process.env,
    CI: 'true', // nobody answers questions here
    NODE_MAJOR: process.versions.node.split('.')[0], // builds are cached by it
    PATH: `${bin}${delimiter}${process.env.PATH}`,
    TURBO_TELEMETRY_DISABLED: '1',
  };
  const [output, code] = await new Promise((resolve) => {
    const chunks = [];
    const child = spawn(program, argv, { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.once('error', (error) => resolve([`${error.message}\n`, 1]));
    child.once('close', (status) => resolve([Buffer.concat(chunks).toString(), status ?? 1]));
  });
  clearInterval(beat);
  if (code === 0) return;
  const log = join(mkdtempSync(join(tmpdir(), 'cinecom-setup-')), 'log.txt');
  writeFileSync(log, output);
  process.stderr.write(output);
  say(`failed: ${[program, ...argv].join(' ')} ended with ${code}; the log above is kept in ${log}`);
  process.exit(code);
}

async function install() {
  if (isInstalled()) return;
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  await step(`installing dependencies with ${packageManager}`, 'npx', [
    '-y',
    packageManager,
    'install',
    '--frozen-lockfile',
  ]);
  if (!isInstalled()) {
    say('failed: the installation ended without an error, but its record does not match pnpm-lock.yaml');
    process.exit(1);
  }
}

async function build() {
  const turbo = join(root, 'node_modules', '.bin', 'turbo');
  if (!existsSync(turbo)) {
    say('failed: turbo is not installed, so nothing can be built; remove node_modules and run npm run setup again');
    process.exit(1);
  }
  await step('building', turbo, ['run', 'build', '--output-logs=new-only']);
}

checkNode();
await install();
await build();
say('ready');
