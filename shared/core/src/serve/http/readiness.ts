import type { Runtime } from '../../call/runtime.ts';

const keptMs = 5000;
const backendMs = 3000;

export type Part = 'settings' | 'audit log' | 'backend';

/** Asks for the parts that are not ready. */
export type Readiness = () => Promise<readonly Part[]>;

/** Parts that are not ready; empty when all are. Looks at most every 5 s. */
export function createReadiness(
  runtime: Pick<Runtime, 'audit' | 'backend' | 'clock' | 'loaded' | 'note' | 'server'>,
): Readiness {
  let last: { readonly at: number; readonly parts: Promise<readonly Part[]> } | undefined;
  const look = async (): Promise<readonly Part[]> => {
    if (runtime.loaded.problems.length > 0) return ['settings'];
    const [audit, backend] = await Promise.all([auditReady(runtime), backendReady(runtime)]);
    return [...(audit ? [] : ['audit log' as const]), ...(backend ? [] : ['backend' as const])];
  };
  return () => {
    const now = runtime.clock.now();
    if (last === undefined || now - last.at >= keptMs) last = { at: now, parts: look() };
    return last.parts;
  };
}

/** What readiness says of the backend; undefined when it was not looked at. */
export function backendAnswers(notReady: readonly Part[]): boolean | undefined {
  return notReady.includes('settings') ? undefined : !notReady.includes('backend');
}

async function auditReady(runtime: Pick<Runtime, 'audit' | 'note'>): Promise<boolean> {
  try {
    const log = await runtime.audit();
    if (log.status().lost === 0) return true;
    // Only a record that can be written again ends the gap, and a server that is not ready gets no calls to record.
    await runtime.note({ type: 'config', detail: { why: 'readiness: is the audit log writable again?' } });
    return log.status().lost === 0;
  } catch {
    // The log has told why already.
    return false;
  }
}

async function backendReady({
  backend,
  loaded,
  server,
}: Pick<Runtime, 'backend' | 'loaded' | 'server'>): Promise<boolean> {
  const signal = AbortSignal.timeout(backendMs);
  try {
    const reached = await backend.acquire(signal);
    await server.doctor?.(reached, loaded.values, signal);
    return true;
  } catch {
    // Why is told to callers, and by `check`: whoever probes gets no details.
    return false;
  }
}
