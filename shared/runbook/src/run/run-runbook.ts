import { randomBytes } from 'node:crypto';
import type { Json } from '../json.ts';
import { Problem } from '../problem.ts';
import type { Runbook } from '../runbook/types.ts';
import { openServers, type Servers } from '../servers/open-servers.ts';
import type { Processes } from '../servers/processes.ts';
import type { ServerEntry } from '../servers/read-servers.ts';
import { checkTools } from './check-tools.ts';
import type { Clock, RunContext } from './context.ts';
import { runSteps } from './run-steps.ts';
import { createSlots } from './slots.ts';
import type { RunRecord, ServerRecord, StepRecord } from './types.ts';
import { overall } from './verdict.ts';

export interface RunOptions {
  /** Of `readServers`: those that the runbook names. */
  readonly servers: ReadonlyMap<string, ServerEntry>;
  /** Of `resolveInputs`. */
  readonly inputs: ReadonlyMap<string, Json>;
  /** Ends the run: calls are cancelled, the record tells what was done so far. */
  readonly signal?: AbortSignal;
  /** Default false: a runbook with a changing tool is refused before anything is called. */
  readonly allowChanges?: boolean;
  /** Calls at the same time; default 4. */
  readonly concurrency?: number;
  /** For a server to start and list its tools; default 30 s. */
  readonly startTimeoutMs?: number;
  readonly observe?: RunContext['observe'];
  readonly confirm?: RunContext['confirm'];
  readonly clock?: Clock;
  /** Told of every process that is started. */
  readonly processes?: Processes;
}

const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/**
 * Runs a runbook: starts its servers, checks every step against their tools, calls, and ends what it started.
 *
 * @throws Problem before any tool is called, when a step names no tool, has wrong arguments, or changes without permission
 */
export async function runRunbook(runbook: Runbook, options: RunOptions): Promise<RunRecord> {
  const { clock = systemClock, inputs, observe = () => undefined } = options;
  const signal = options.signal ?? new AbortController().signal;
  const began = clock.monotonic();
  const startedAt = new Date(clock.now()).toISOString();
  const traceId = randomBytes(16).toString('hex');
  await using servers = await startServers(options, signal, observe);
  await refuseWrongSteps(runbook, servers, options);
  const inSlot = createSlots(options.concurrency ?? 4);
  const context = { servers, inputs, traceId, signal, clock, inSlot, observe, confirm: options.confirm };
  const steps = await runSteps(context, runbook);
  const { description, language, title } = runbook;
  return {
    title,
    description,
    language,
    traceId,
    startedAt,
    durationMs: Math.round(clock.monotonic() - began),
    verdict: overall(steps),
    interrupted: signal.aborted,
    inputs: Object.fromEntries(inputs),
    servers: [...options.servers.keys()].map((name) => serverRecord(servers, name, steps)),
    steps,
  };
}

/**
 * Starts the servers of a runbook and checks every step, without calling a tool.
 *
 * @throws Problem as `runRunbook`
 */
export async function checkRunbook(runbook: Runbook, options: RunOptions): Promise<readonly ServerRecord[]> {
  const signal = options.signal ?? new AbortController().signal;
  await using servers = await startServers(options, signal, options.observe ?? (() => undefined));
  await refuseWrongSteps(runbook, servers, options);
  return [...options.servers.keys()].map((name) => serverRecord(servers, name, []));
}

function startServers(options: RunOptions, signal: AbortSignal, observe: RunContext['observe']): Promise<Servers> {
  observe({ kind: 'servers', names: [...options.servers.keys()] });
  const { processes = new Set(), startTimeoutMs: timeoutMs = 30_000 } = options;
  return openServers(options.servers, { timeoutMs, signal, processes });
}

async function refuseWrongSteps(runbook: Runbook, servers: Servers, options: RunOptions): Promise<void> {
  const { allowChanges = false } = options;
  const problems = await checkTools(runbook, servers, { inputs: Object.fromEntries(options.inputs), allowChanges });
  if (problems.length === 0) return;
  const fixes = [...new Set(problems.map((problem) => problem.fix))].slice(0, 5);
  throw new Problem(problems.map(({ step, text }) => `step "${step}": ${text}`).join('\n'), fixes.join('\n'));
}

function serverRecord(servers: Servers, name: string, steps: readonly StepRecord[]): ServerRecord {
  const server = servers.open.get(name);
  if (server === undefined) {
    const missing = servers.missing.get(name);
    return { name, error: missing?.error ?? '', ...(missing?.stderr ? { stderr: missing.stderr } : {}) };
  }
  const hasEnded = steps.some(
    (step) => step.server === name && step.calls.some((call) => call.error?.code === 'server_ended'),
  );
  const stderr = hasEnded ? server.stderr() : '';
  return {
    name,
    server: server.identity.name,
    version: server.identity.version,
    protocol: server.protocol,
    ...(server.pid === undefined ? {} : { pid: server.pid }),
    ...(stderr === '' ? {} : { stderr }),
  };
}
