import { type CheckRow, counted, isToolError } from '@cinecom/mcp-core';
import type { ComposeBackend } from './backend/port.ts';
import type { ComposeSettings } from './settings.ts';

/** What `check` adds once the engine is reached: versions, what its socket lets through, the files, the power it gives. */
export async function doctor(
  backend: ComposeBackend,
  settings: ComposeSettings,
  signal: AbortSignal,
): Promise<readonly CheckRow[]> {
  return [
    await engine(backend, signal),
    await reach(backend, signal),
    await command(backend, signal),
    await files(backend, settings, signal),
  ];
}

async function engine({ engine: one }: ComposeBackend, signal: AbortSignal): Promise<CheckRow> {
  const { version, apiVersion, cgroupVersion, cpus, host } = await one.info(signal);
  const detail = `${version}, API ${apiVersion}, cgroup v${cgroupVersion}, ${counted(cpus, 'CPU')}, host ${host}`;
  return { check: 'engine', status: 'ok', detail };
}

/** A socket without a proxy in front of it is root on its host, whoever the account is. */
async function reach({ engine: one }: ComposeBackend, signal: AbortSignal): Promise<CheckRow> {
  const refused = await one.refusedReads(signal);
  if (refused.length > 0) {
    return {
      check: 'socket',
      status: 'warning',
      detail: `refuses ${refused.join(', ')}: what needs them says "not examined" or fails`,
      fix: 'let the socket proxy pass GET for these paths',
    };
  }
  return {
    check: 'socket',
    status: 'ok',
    detail: 'passes every request that reads; whoever may use a Docker socket without a proxy is root on its host',
  };
}

async function command({ compose }: ComposeBackend, signal: AbortSignal): Promise<CheckRow> {
  return compose.version(signal).then(
    (version): CheckRow => ({ check: 'Compose', status: 'ok', detail: version }),
    (error: unknown) => told('Compose', error),
  );
}

async function files(
  { compose }: ComposeBackend,
  { protect }: ComposeSettings,
  signal: AbortSignal,
): Promise<CheckRow> {
  const check = 'Compose files';
  return compose.model(signal).then(
    ({ name, services, unsetVariables }): CheckRow => {
      const unknown = protect.filter((service) => !services.has(service));
      const detail = `project ${name}, ${counted(services.size, 'service')}`;
      if (unknown.length > 0) {
        return {
          check,
          status: 'warning',
          detail: `${detail}; --protect names ${unknown.join(', ')}, which is none of them`,
          fix: 'correct --protect',
        };
      }
      if (unsetVariables.length === 0) return { check, status: 'ok', detail };
      return {
        check,
        status: 'warning',
        detail: `${detail}; set nowhere: ${unsetVariables.join(', ')}`,
        fix: 'set them in the environment of this server or in .env, or give them a default',
      };
    },
    (error: unknown) => told(check, error),
  );
}

function told(check: string, error: unknown): CheckRow {
  if (!isToolError(error)) throw error;
  const words = error.backendText === undefined ? error.message : `${error.message}: ${error.backendText}`;
  return { check, status: 'warning', detail: words, ...(error.hint === undefined ? {} : { fix: error.hint }) };
}
