import * as z from 'zod';
import type { LocalImage } from '../../model/image.ts';
import type { EngineClient } from './client.ts';
import { parsed } from './parsed.ts';

const list = z.array(z.string()).nullish();

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
      Healthcheck: z.object({ Test: list }).nullish(),
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
      hasHealthcheck: (config.Healthcheck?.Test ?? []).length > 0 && config.Healthcheck?.Test?.[0] !== 'NONE',
      volumes: Object.keys(config.Volumes ?? {}),
    },
  };
}
