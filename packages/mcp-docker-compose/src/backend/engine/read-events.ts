import type * as http from 'node:http';
import { createInterface } from 'node:readline';
import { ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import type { EngineEvent, EventMemory } from '../../model/event.ts';
import type { EngineClient } from './client.ts';

const projectLabel = 'com.docker.compose.project';
const serviceLabel = 'com.docker.compose.service';
/** What tells something about a service; probes of health checks are not among them. */
const actions = [
  'start',
  'die',
  'oom',
  'kill',
  'stop',
  'restart',
  'health_status',
  'create',
  'destroy',
  'rename',
  'update',
  'pause',
  'unpause',
];

const longestLine = 1024 * 1024;

const eventSchema = z.object({
  Action: z.string(),
  timeNano: z.number(),
  Actor: z.object({ ID: z.string().default(''), Attributes: z.record(z.string(), z.string()).default({}) }),
});

/** Events of the project's containers between two times, UTC ms. */
export async function readEvents(
  client: EngineClient,
  project: string,
  { since, until }: { readonly since: number; readonly until: number },
  signal: AbortSignal,
): Promise<EventMemory> {
  const query = (from: number, filters: object) => ({
    since: (from / 1000).toFixed(3),
    until: (until / 1000).toFixed(3),
    filters: JSON.stringify(filters),
  });
  const [events, all] = await Promise.all([
    client.stream({ path: '/events', query: query(since, filtersOf(project)), signal }).then(linesOf),
    client.stream({ path: '/events', query: query(1000, {}), signal }).then(linesOf),
  ]);
  return {
    events: events.map(eventOf).filter((one) => one !== undefined),
    // before its oldest event of any kind a memory that is full, or of an engine started again, knows of nothing
    completeSince: Math.max(since, all.map(eventOf).find((one) => one !== undefined)?.at ?? until),
  };
}

/** Those since a time that the engine remembers, then each as it happens; ends with the connection. */
export async function liveEvents(
  client: EngineClient,
  project: string,
  since: number,
  signal: AbortSignal,
): Promise<AsyncIterable<readonly EngineEvent[]>> {
  const query = { since: (since / 1000).toFixed(3), filters: JSON.stringify(filtersOf(project)) };
  const answer = await client.stream({ path: '/events', query, signal, isLong: true });
  return eventsIn(answer);
}

async function* eventsIn(answer: http.IncomingMessage): AsyncIterable<readonly EngineEvent[]> {
  answer.setEncoding('utf8');
  let rest = '';
  for await (const chunk of answer as AsyncIterable<string>) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestLine) throw new ToolError('too_large', 'an event of the engine exceeds 1 MiB');
    yield lines.flatMap((line) => (line.trim() === '' ? [] : (eventOf(line) ?? [])));
  }
}

function filtersOf(project: string): object {
  return { type: ['container'], event: actions, label: [`${projectLabel}=${project}`] };
}

async function linesOf(answer: http.IncomingMessage): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: answer, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line !== '') lines.push(line);
  }
  return lines;
}

function eventOf(line: string): EngineEvent | undefined {
  const { success, data } = eventSchema.safeParse(JSON.parse(line));
  if (!success) return undefined;
  const { Actor: actor } = data;
  const { exitCode, signal } = actor.Attributes;
  return {
    at: data.timeNano / 1e6,
    action: data.Action,
    containerId: actor.ID,
    containerName: actor.Attributes.name ?? '',
    service: actor.Attributes[serviceLabel] ?? '',
    exitCode: exitCode === undefined ? undefined : Number(exitCode),
    signal,
  };
}
