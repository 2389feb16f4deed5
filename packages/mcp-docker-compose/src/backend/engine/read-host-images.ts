import * as z from 'zod';
import type { HostImage } from '../../model/image.ts';
import type { EngineClient } from './client.ts';
import { parsed } from './parsed.ts';

const imagesSchema = z.array(
  z.object({
    Id: z.string(),
    RepoTags: z.array(z.string()).nullish(),
    Created: z.number().default(0),
    Size: z.number().default(0),
    Labels: z.record(z.string(), z.string()).nullish(),
  }),
);
const usersSchema = z.array(z.object({ ImageID: z.string() }));

/** All images of the host but layers in between, and whether any container is made of them. */
export async function readHostImages(client: EngineClient, signal: AbortSignal): Promise<readonly HostImage[]> {
  const [images, containers] = await Promise.all([
    client.ask({ path: '/images/json', signal }),
    client.ask({ path: '/containers/json', query: { all: true }, signal }),
  ]);
  const used = new Set(parsed(usersSchema, containers, 'its containers').map(({ ImageID }) => ImageID));
  return parsed(imagesSchema, images, 'its images').map(({ Id, RepoTags, Created, Size, Labels }) => ({
    id: Id,
    tags: (RepoTags ?? []).filter((tag) => tag !== '<none>:<none>'),
    createdAt: Created > 0 ? Created * 1000 : undefined,
    sizeBytes: Size,
    isUsed: used.has(Id),
    project: Labels?.['com.docker.compose.project'],
  }));
}
