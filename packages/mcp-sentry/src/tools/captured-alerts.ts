import { isToolError } from '@cinecom/mcp-core';
import type { SentryCall } from './scope.ts';

const quietMs = 60_000;
const storeName = 'captured-alerts';
const mostRemembered = 500;
const mostTries = 50;
const betweenTriesMs = 100;

/** One alert: what is alike in another project, environment or Sentry is another. */
export interface Alert {
  /** Host and path of the DSN. */
  readonly server: string;
  /** Id in its DSN. */
  readonly project: string;
  readonly environment: string;
  readonly key: string;
}

/**
 * Notes that an event is sent now: at most one a minute of one alert, of all processes that share the state folder.
 * @returns undefined where it may be sent, else ms since it was
 */
export async function noteSent(alert: Alert, call: SentryCall): Promise<number | undefined> {
  const name = nameOf(alert);
  return change(call, (sent) => {
    const before = sent.find(([other]) => other === name);
    if (before !== undefined) return { kept: sent, result: Math.max(0, call.clock.now() - before[1]) };
    return { kept: [...sent, [name, call.clock.now()] as const], result: undefined };
  });
}

/** An alert in whatever environment: its issue is the same. */
export type AlertAnywhere = Omit<Alert, 'environment'>;

/** Whether one was sent within the last minute. */
export async function wasJustSent({ server, project, key }: AlertAnywhere, call: SentryCall): Promise<boolean> {
  const begin = beginOf({ server, project, key });
  return (await readSent(call)).some(([name]) => name.startsWith(begin));
}

/** What did not arrive may be sent again at once. */
export async function forget(alert: Alert, call: SentryCall): Promise<void> {
  const name = nameOf(alert);
  await change(call, (sent) => ({ kept: sent.filter(([other]) => other !== name), result: undefined }));
}

/** What is over may begin again at once. */
export async function forgetResolved({ server, project, key }: AlertAnywhere, call: SentryCall): Promise<void> {
  const begin = beginOf({ server, project, key });
  await change(call, (sent) => ({ kept: sent.filter(([other]) => !other.startsWith(begin)), result: undefined }));
}

type Sent = readonly (readonly [name: string, at: number])[];

function beginOf({ server, project, key }: AlertAnywhere): string {
  return JSON.stringify([server, project, key]).replace(/\]$/, ',');
}

function nameOf(alert: Alert): string {
  return `${beginOf(alert)}${JSON.stringify(alert.environment)}]`;
}

async function change<Result>(
  call: SentryCall,
  by: (sent: Sent) => { readonly kept: Sent; readonly result: Result },
): Promise<Result> {
  return inTurn(call, async () => {
    const { kept, result } = by(await readSent(call));
    await call.state.store.write(storeName, Object.fromEntries(kept.slice(-mostRemembered)));
    return result;
  });
}

/** Of the last minute. */
async function readSent({ state, clock }: SentryCall): Promise<Sent> {
  const now = clock.now();
  const stored = await state.store.read(storeName);
  return Object.entries(typeof stored === 'object' && stored !== null ? stored : {}).flatMap(([name, at]) =>
    typeof at === 'number' && Math.abs(now - at) < quietMs ? [[name, at] as const] : [],
  );
}

/** Alerts come in bursts, each by a process of its own: none is lost since another is being noted. */
async function inTurn<Value>({ state, backend, signal }: SentryCall, work: () => Promise<Value>): Promise<Value> {
  for (let tries = 1; ; tries += 1) {
    const done = await state.exclusive(storeName, work).then(
      (value) => ({ value }),
      (error: unknown) => {
        if (tries < mostTries && isToolError(error) && error.code === 'backend_conflict') return undefined;
        throw error;
      },
    );
    if (done !== undefined) return done.value;
    await backend.wait(betweenTriesMs, signal);
  }
}
