import { asToolError } from '../call/error-text.ts';
import type { CheckRow, Closable } from '../define/server.ts';
import type { ToolError } from '../errors/tool-error.ts';
import { duration } from '../results/format.ts';
import type { Session } from './session.ts';

const doctorMs = 20_000;

/** Reaches the backend, then lets the server say what it finds there: version, role, privileges. */
export async function backendRows(
  session: Session,
): Promise<{ readonly rows: readonly CheckRow[]; readonly unreachable: boolean }> {
  const { loaded, runtime, server, world } = session;
  const check = server.title;
  if (loaded.problems.length > 0) {
    return {
      rows: [{ check, status: 'unknown', detail: 'not tried before the settings are right' }],
      unreachable: false,
    };
  }
  const began = performance.now();
  let backend: Closable;
  try {
    backend = await runtime.backend.acquire(world.interrupted);
  } catch (error) {
    const known = asToolError(error, 'check');
    return { rows: [failedRow(session, check, known)], unreachable: known.code === 'backend_unreachable' };
  }
  const reached: CheckRow = { check, status: 'ok', detail: `reached in ${duration(performance.now() - began)}` };
  if (server.doctor === undefined) return { rows: [reached], unreachable: false };
  const limit = AbortSignal.any([world.interrupted, AbortSignal.timeout(doctorMs)]);
  try {
    const rows = await server.doctor(backend, loaded.values, limit);
    return { rows: [reached, ...rows], unreachable: false };
  } catch (error) {
    const known = asToolError(error, 'check');
    // a server that asks nothing before its first call learns only now that nobody answers
    if (known.code === 'backend_unreachable') return { rows: [failedRow(session, check, known)], unreachable: true };
    return { rows: [reached, failedRow(session, `${check} in detail`, known)], unreachable: false };
  }
}

function failedRow({ runtime }: Session, check: string, error: ToolError): CheckRow {
  if (error.code === 'internal') {
    const { cause } = error;
    runtime.log('error', cause instanceof Error ? (cause.stack ?? cause.message) : 'a fault without a stack');
  }
  const said = error.backendText === undefined ? '' : ` (${error.backendText.slice(0, 300)})`;
  const detail = `${error.code}: ${error.message}${said}`;
  return { check, status: 'failed', detail, ...(error.hint === undefined ? {} : { fix: error.hint }) };
}
