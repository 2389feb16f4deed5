import { isToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import type { Container } from '../../model/container.ts';
import type { EngineInfo } from '../../model/engine-info.ts';
import type { Engine } from '../port.ts';
import type { EngineClient } from './client.ts';
import { parsed } from './parsed.ts';
import { readContainer } from './read-container.ts';
import { liveEvents, readEvents } from './read-events.ts';
import { readNetworks, readPublishers, readVolumes } from './read-host.ts';
import { readHostImages } from './read-host-images.ts';
import { refusedReads } from './refused-reads.ts';
import { readImage } from './read-image.ts';
import { readLogs } from './read-logs.ts';
import { readStats, readStatsOver } from './read-stats.ts';

const projectLabel = 'com.docker.compose.project';
const pingMs = 5000;
const listed = z.array(z.object({ Id: z.string() }));
const versionSchema = z.object({ Version: z.string(), ApiVersion: z.string() });
const infoSchema = z.object({
  ID: z.string(),
  Name: z.string().default(''),
  NCPU: z.number(),
  MemTotal: z.number(),
  CgroupVersion: z.string().default('1'),
  LiveRestoreEnabled: z.boolean().default(false),
});
/**
 * The engine as this project sees it.
 * @param projectName asked at each listing: it is known only once the files are read
 */
export function createEngine(client: EngineClient, projectName: (signal: AbortSignal) => Promise<string>): Engine {
  async function container(id: string, signal: AbortSignal): Promise<Container> {
    return readContainer(await client.ask({ path: `/containers/${encodeURIComponent(id)}/json`, signal }));
  }

  /** One that went between listing and looking is not there: undefined. */
  async function stillThere(id: string, signal: AbortSignal): Promise<Container | undefined> {
    return container(id, signal).catch((error: unknown) => missing(error));
  }

  return {
    container,
    info: (signal) => readInfo(client, signal),
    refusedReads: (signal) => refusedReads(client, signal),
    async containers(signal) {
      const filters = JSON.stringify({ label: [`${projectLabel}=${await projectName(signal)}`] });
      const answer = await client.ask({ path: '/containers/json', query: { all: true, filters }, signal });
      const ids = parsed(listed, answer, 'its containers').map(({ Id }) => Id);
      const found = await Promise.all(ids.map((id) => stillThere(id, signal)));
      return found.filter((one) => one !== undefined).toSorted(byServiceAndNumber);
    },
    events: async (span, signal) => readEvents(client, await projectName(signal), span, signal),
    liveEvents: async (since, signal) => liveEvents(client, await projectName(signal), since, signal),
    ping: async (signal) => void (await client.stream({ path: '/_ping', signal, timeoutMs: pingMs })).resume(),
    logs: (one, request, signal) => readLogs(client, one, request, signal),
    stats: (id, signal) => readStats(client, id, signal),
    statsOver: (ids, span, signal) => readStatsOver(client, ids, span, signal),
    networks: (signal) => readNetworks(client, signal),
    volumes: (signal) => readVolumes(client, signal),
    publishers: (port, signal) => readPublishers(client, port, signal),
    hostImages: (signal) => readHostImages(client, signal),
    image: (reference, signal) => readImage(client, reference, signal).catch((error: unknown) => missing(error)),
  };
}

async function readInfo(client: EngineClient, signal: AbortSignal): Promise<EngineInfo> {
  const [info, version] = await Promise.all([
    client.ask({ path: '/info', signal }),
    client.ask({ path: '/version', signal }),
  ]);
  const { ID, Name, NCPU, MemTotal, CgroupVersion, LiveRestoreEnabled } = parsed(infoSchema, info, 'itself');
  const { Version, ApiVersion } = parsed(versionSchema, version, 'its version');
  return {
    id: ID,
    version: Version,
    apiVersion: ApiVersion,
    cgroupVersion: CgroupVersion,
    cpus: NCPU,
    memoryBytes: MemTotal,
    host: Name,
    liveRestore: LiveRestoreEnabled,
  };
}

function missing(error: unknown): undefined {
  if (isToolError(error) && error.code === 'backend_not_found') return undefined;
  throw error;
}

function byServiceAndNumber(a: Container, b: Container): number {
  return a.service.localeCompare(b.service, 'en') || a.number - b.number || a.createdAt - b.createdAt;
}
