import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeTool } from './node-tools.ts';

/** Check ids of one scenario by their outcome; an id may stand several times, as the suite repeats some. */
export interface ScenarioResult {
  readonly success: readonly string[];
  readonly failure: readonly string[];
  readonly warning: readonly string[];
  readonly skipped: readonly string[];
  /** Messages of the failures and warnings. */
  readonly messages: readonly string[];
}

export interface ConformanceRun {
  /** Scenarios that decide, sorted. */
  readonly scored: readonly string[];
  /** Every scenario that was run. */
  readonly scenarios: ReadonlyMap<string, ScenarioResult>;
  /** 0 when no check of a scored scenario failed. */
  readonly exitCode: number;
}

/**
 * Runs what the official conformance suite requires of a server for one revision, without a list of expected failures.
 *
 * @param url where the server listens: the suite's rebinding test needs a loopback address
 * @throws BackendUnavailable without the suite; Error when it does not end within two minutes or reports nothing
 */
export async function runConformance(url: string, revision: string): Promise<ConformanceRun> {
  const folder = await mkdtemp(join(tmpdir(), 'cinecom-conformance-'));
  try {
    const { exitCode, output } = await run(['server', '--url', url, '--requirements', revision, '-o', folder]);
    const scenarios = await readResults(folder);
    if (scenarios.size === 0) throw new Error(`the conformance suite ran nothing: ${output.slice(-2000)}`);
    const unscored = notScored(output);
    return { scored: [...scenarios.keys()].filter((name) => !unscored.has(name)).toSorted(), scenarios, exitCode };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const longestMs = 120_000;

function run(argv: readonly string[]): Promise<{ exitCode: number; output: string }> {
  const tool = nodeTool('conformance');
  return new Promise((resolve, reject) => {
    const child = spawn(tool.command, [...tool.args, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), longestMs);
    let output = '';
    const take = (chunk: string): void => void (output += chunk);
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (code === null) reject(new Error(`the conformance suite ended by ${signal}: ${output.slice(-2000)}`));
      else resolve({ exitCode: code, output });
    });
  });
}

/** Folders are named `server-<scenario>-<time>`. */
async function readResults(folder: string): Promise<ReadonlyMap<string, ScenarioResult>> {
  const entries = await readdir(folder);
  const results = entries.map(async (entry): Promise<[string, ScenarioResult]> => {
    const name = entry.replace(/^server-/, '').replace(/-\d{4}-\d{2}-\d{2}T[\d-]+Z$/, '');
    return [name, resultOf(JSON.parse(await readFile(join(folder, entry, 'checks.json'), 'utf8')) as Check[])];
  });
  return new Map(await Promise.all(results));
}

interface Check {
  readonly id: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  readonly errorMessage?: string;
}

function resultOf(checks: readonly Check[]): ScenarioResult {
  const ids = (status: Check['status']) => checks.filter((check) => check.status === status).map(({ id }) => id);
  return {
    success: ids('SUCCESS'),
    failure: ids('FAILURE'),
    warning: ids('WARNING'),
    skipped: ids('SKIPPED'),
    messages: checks
      .filter(({ status }) => status === 'FAILURE' || status === 'WARNING')
      .map(({ id, errorMessage }) => `${id}: ${errorMessage ?? 'no reason given'}`),
  };
}

/** Listed at the end of the output only: `✗ tasks-lifecycle (extension)`. */
function notScored(output: string): ReadonlySet<string> {
  const [, list = ''] = output.split(/^Not scored for .*$/m);
  return new Set([...list.matchAll(/^ {2}[✓✗] (\S+) \(/gm)].map(([, name]) => name ?? ''));
}
