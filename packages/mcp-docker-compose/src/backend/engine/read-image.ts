import * as z from 'zod';
import type { Healthcheck } from '../../model/compose-model.ts';
import type { LocalImage } from '../../model/image.ts';
import type { EngineClient } from './client.ts';
import { parsed } from './parsed.ts';

const list = z.array(z.string()).nullish();

/** Times in ns; 0 or absent is the engine's own. */
const healthcheck = z.object({
  Test: list,
  Interval: z.number().nullish(),
  Timeout: z.number().nullish(),
  Retries: z.number().nullish(),
  StartPeriod: z.number().nullish(),
});

const imageSchema = z.object({
  Id: z.string(),
  RepoTags: list,
  RepoDigests: list,
  Created: z.string().nullish(),
  Size: z.number().default(0),
  Config: z
    .object({
      Env: list,
      Cmd: list,
      Entrypoint: list,
      Labels: z.record(z.string(), z.string()).nullish(),
      Healthcheck: healthcheck.nullish(),
      Volumes: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
});

/** @param reference an id or `name:tag`; others are never asked for */
export async function readImage(
  client: EngineClient,
  reference: string,
  signal: AbortSignal,
): Promise<LocalImage | undefined> {
  if (!/^[A-Za-z0-9][\w./:@-]*$/.test(reference) || reference.includes('..')) return undefined;
  const told = parsed(imageSchema, await client.ask({ path: `/images/${reference}/json`, signal }), 'an image');
  const config = told.Config ?? {};
  return {
    id: told.Id,
    tags: told.RepoTags ?? [],
    digests: told.RepoDigests ?? [],
    createdAt: Date.parse(told.Created ?? '') || 0,
    sizeBytes: told.Size,
    defaults: {
      environment: config.Env ?? [],
      entrypoint: config.Entrypoint ?? [],
      command: config.Cmd ?? [],
      labels: config.Labels ?? {},
      healthcheck: healthcheckOf(config.Healthcheck),
      volumes: Object.keys(config.Volumes ?? {}),
    },
  };
}

function healthcheckOf(told: z.output<typeof healthcheck> | null | undefined): Healthcheck | undefined {
  const test = told?.Test ?? [];
  if (test.length === 0 || test[0] === 'NONE') return undefined;
  return {
    test,
    intervalMs: milliseconds(told?.Interval) ?? 30_000,
    timeoutMs: milliseconds(told?.Timeout) ?? 30_000,
    retries: told?.Retries || 3,
    startPeriodMs: milliseconds(told?.StartPeriod) ?? 0,
  };
}

function milliseconds(nanoseconds: number | null | undefined): number | undefined {
  return nanoseconds ? nanoseconds / 1e6 : undefined;
}
