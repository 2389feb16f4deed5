import * as z from 'zod';
import type { EngineClient } from './client.ts';
import { parsed } from './parsed.ts';

const named = z.array(z.object({ Name: z.string() }));
const volumesSchema = z.object({ Volumes: named.nullish() });
const publishersSchema = z.array(z.object({ Names: z.array(z.string()).nullish() }));

/** Names of all networks of the host: those that a project only uses carry no label of it. */
export async function readNetworks(client: EngineClient, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const answer = await client.ask({ path: '/networks', signal });
  return new Set(parsed(named, answer, 'its networks').map(({ Name }) => Name));
}

/** Names of all volumes of the host. */
export async function readVolumes(client: EngineClient, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const answer = await client.ask({ path: '/volumes', signal });
  return new Set((parsed(volumesSchema, answer, 'its volumes').Volumes ?? []).map(({ Name }) => Name));
}

/** Names of running containers, of any project, that publish the port. */
export async function readPublishers(
  client: EngineClient,
  port: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const filters = JSON.stringify({ publish: [String(port)], status: ['running'] });
  const answer = await client.ask({ path: '/containers/json', query: { filters }, signal });
  return parsed(publishersSchema, answer, 'its containers').flatMap(({ Names }) =>
    (Names ?? []).slice(0, 1).map((name) => name.replace(/^\//, '')),
  );
}
