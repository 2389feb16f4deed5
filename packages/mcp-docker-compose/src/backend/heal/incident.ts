import { isToolError, type Json, type State } from '@cinecom/mcp-core';
import { maskValues } from '../../analysis/heal/mask-values.ts';
import type { Container } from '../../model/container.ts';
import type { Incident } from '../../model/heal.ts';
import type { Engine, History } from '../port.ts';

const windowMs = 3_600_000;
const keptLines = 200;
const keptLetters = 500;
const keptBytes = 1024 * 1024;

/** What a restart would destroy: last lines, probes, state, usage and events of one container, without values of its environment. */
export async function incidentOf(
  container: Container,
  { engine, history: past, state }: { readonly engine: Engine; readonly history: History; readonly state: State },
  { now, signal }: { readonly now: number; readonly signal: AbortSignal },
): Promise<Incident> {
  const span = { since: now - windowMs, until: now };
  const [logs, usage, history] = await Promise.all([
    orReason(engine.logs(container, { since: span.since, until: undefined, stream: 'both', keptBytes }, signal)),
    orReason(engine.stats(container.id, signal)),
    orReason(past.events(state, span, signal)),
  ]);
  const { environment, ...inspect } = container;
  const mask = maskValues(environment);
  const bundle = {
    at: now,
    container: inspect,
    environmentNames: environment.map((line) => line.split('=', 1)[0] ?? ''),
    logs:
      'missing' in logs
        ? logs
        : logs.value.lines
            .slice(-keptLines)
            .map(({ at, stream, text }) => ({ at, stream, text: text.slice(0, keptLetters) })),
    usage: 'missing' in usage ? usage : usage.value,
    events:
      'missing' in history ? history : history.value.events.filter(({ containerId }) => containerId === container.id),
    eventsCompleteSince: 'missing' in history ? null : history.value.completeSince,
  };
  return masked(JSON.parse(JSON.stringify(bundle)) as Json, mask) as Incident;
}

/** A part that cannot be had is told, and hinders no repair. */
async function orReason<Value>(
  work: Promise<Value>,
): Promise<{ readonly value: Value } | { readonly missing: string }> {
  return work.then(
    (value) => ({ value }),
    (error: unknown) => {
      if (isToolError(error)) return { missing: error.message };
      throw error;
    },
  );
}

function masked(value: Json, mask: (text: string) => string): Json {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return value.map((one: Json) => masked(one, mask));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, one === undefined ? null : masked(one, mask)]),
  );
}
