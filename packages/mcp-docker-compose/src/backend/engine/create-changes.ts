import { setTimeout as delay } from 'node:timers/promises';
import { isToolError, ToolError, type Json } from '@cinecom/mcp-core';
import * as z from 'zod';
import type { EngineChanges } from '../port.ts';
import type { EngineClient } from './client.ts';
import { parsed } from './parsed.ts';

const created = z.object({ Id: z.string() });
const execution = z.object({ Running: z.boolean(), ExitCode: z.number().nullish() });
const lookEveryMs = 50;
const startMs = 60_000;

/** What is done to one container or image; nothing of it is tried twice. */
export function createChanges(client: EngineClient): EngineChanges {
  const container = (id: string): string => `/containers/${encodeURIComponent(id)}`;

  async function post(
    path: string,
    signal: AbortSignal,
    more: { query?: Record<string, string | number>; body?: object; timeoutMs?: number } = {},
  ) {
    return client.ask({ method: 'POST', path, signal, ...more });
  }

  return {
    async start(id, signal) {
      await post(`${container(id)}/start`, signal, { timeoutMs: startMs });
    },
    async stop(id, graceMs, signal) {
      const seconds = Math.ceil(graceMs / 1000);
      await post(`${container(id)}/stop`, signal, { query: { t: seconds }, timeoutMs: graceMs + 30_000 });
    },
    async restart(id, graceMs, signal) {
      const seconds = Math.ceil(graceMs / 1000);
      await post(`${container(id)}/restart`, signal, { query: { t: seconds }, timeoutMs: graceMs + startMs });
    },
    async rename(id, name, signal) {
      await post(`${container(id)}/rename`, signal, { query: { name } });
    },
    async remove(id, signal) {
      const path = container(id);
      await client.ask({ method: 'DELETE', path, query: { v: false, force: false }, signal, timeoutMs: startMs });
    },
    async exec(id, command, user, signal) {
      const body = {
        Cmd: command,
        AttachStdout: false,
        AttachStderr: false,
        ...(user === undefined ? {} : { User: user }),
      };
      const { Id } = parsed(created, await post(`${container(id)}/exec`, signal, { body }), 'a command');
      await post(`/exec/${Id}/start`, signal, { body: { Detach: true, Tty: false } });
      for (;;) {
        const state = parsed(execution, await client.ask({ path: `/exec/${Id}/json`, signal }), 'a command');
        if (!state.Running) return state.ExitCode ?? 0;
        await delay(lookEveryMs, undefined, { signal });
      }
    },
    async tag(image, repository, tag, signal) {
      await post(`/images/${image}/tag`, signal, { query: { repo: repository, tag } });
    },
    async untag(reference, signal) {
      await client
        .ask({ method: 'DELETE', path: `/images/${reference}`, query: { noprune: true }, signal })
        .catch((error: unknown) => {
          if (!isToolError(error) || error.code !== 'backend_not_found') throw error;
        });
    },
    async update(id, limits, signal) {
      await post(`${container(id)}/update`, signal, { body: limits });
    },
    async create({ name, body, networks }, signal) {
      const [first, ...others] = Object.entries(networks);
      const endpoints =
        first === undefined ? {} : { NetworkingConfig: { EndpointsConfig: Object.fromEntries([first]) } };
      const answer = await post('/containers/create', signal, {
        query: { name },
        body: { ...(body as object), ...endpoints },
      });
      const { Id } = parsed(created, answer, 'a new container');
      for (const [network, endpoint] of others) {
        await post(`/networks/${encodeURIComponent(network)}/connect`, signal, {
          body: { Container: Id, EndpointConfig: endpoint },
        });
      }
      return Id;
    },
    async definition(id, signal) {
      const raw = (await client.ask({ path: `${container(id)}/json`, signal })) as Inspected | undefined;
      if (raw?.Config === undefined || raw.HostConfig === undefined) {
        throw new ToolError('backend_error', 'the engine tells a container in a form that is not known');
      }
      return definitionOf(raw);
    },
  };
}

interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly Config?: Readonly<Record<string, Json>>;
  readonly HostConfig?: Json;
  readonly NetworkSettings?: {
    readonly Networks?: Readonly<
      Record<
        string,
        { readonly Aliases?: readonly string[] | null; readonly IPAMConfig?: Json; readonly Links?: Json } | null
      >
    >;
  };
}

/** What would create it again: without what the engine made up for this one (its host name, address, own aliases). */
function definitionOf({ Id, Name, Config, HostConfig, NetworkSettings }: Inspected) {
  const { Hostname, MacAddress: _, ...config } = Config ?? {};
  const isOwnName = typeof Hostname === 'string' && Id.startsWith(Hostname);
  const own = new Set([Name.replace(/^\//, ''), Id.slice(0, 12)]);
  const networks = Object.entries(NetworkSettings?.Networks ?? {}).map(([name, network]): [string, Json] => [
    name,
    {
      Aliases: (network?.Aliases ?? []).filter((alias) => !own.has(alias)),
      ...(network?.IPAMConfig ? { IPAMConfig: network.IPAMConfig } : {}),
      ...(network?.Links ? { Links: network.Links } : {}),
    },
  ]);
  return {
    body: {
      ...config,
      ...(isOwnName || Hostname === undefined ? {} : { Hostname }),
      HostConfig: HostConfig ?? {},
    } as Json,
    networks: Object.fromEntries(networks),
  };
}
