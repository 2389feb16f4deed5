import { createHash } from 'node:crypto';
import type { Json } from '@cinecom/mcp-core';
import type { Container } from '../../model/container.ts';
import type { ReplicaDefinition, ServiceSnapshot } from '../../model/rollout.ts';
import type { EngineChanges } from '../port.ts';
import type { Surroundings } from './create-world.ts';
import type { World } from './world.ts';

const numberLabel = 'com.docker.compose.container-number';

/** What the replicas of a service are made of, one definition for each hash and image. */
export async function captureService(
  service: string,
  replicas: readonly Container[],
  {
    changes,
    keptAs,
    signal,
  }: { readonly changes: EngineChanges; readonly keptAs: (imageId: string) => string; readonly signal: AbortSignal },
): Promise<ServiceSnapshot> {
  const kindOf = ({ configHash, imageId }: Container): string => `${configHash} ${imageId}`;
  const countOf = (one: Container): number => replicas.filter((other) => kindOf(other) === kindOf(one)).length;
  // where replicas differ, the way back leads to what most of them were
  const kinds = new Map([...replicas].toSorted((a, b) => countOf(b) - countOf(a)).map((one) => [kindOf(one), one]));
  const definitions = await Promise.all(
    [...kinds.values()].map(async ({ id, configHash, imageId }): Promise<ReplicaDefinition> => {
      const { body, networks } = await changes.definition(id, signal);
      return { hash: configHash, imageId, keptAs: keptAs(imageId), create: body, networks };
    }),
  );
  return { service, replicas: replicas.length, definitions };
}

/** `cinecom-rollback/<project>-<service>:<time>`, lower-case; with a hash where that changed the name. */
export function keepingTag(
  project: string,
  service: string,
  at: number,
): { readonly repository: string; readonly tag: string } {
  const plain = `${project}-${service}`;
  const name = plain
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  const suffix = name === plain ? '' : `-${createHash('sha256').update(plain).digest('hex').slice(0, 8)}`;
  return {
    repository: `cinecom-rollback/${name}${suffix}`,
    tag: new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, ''),
  };
}

/**
 * Makes replicas as a definition says: with the hash that the original had, and its very image, also where its tag is
 * another one now. (Compose could only make them of files, which have changed meanwhile.)
 */
export function createOf(
  definition: ReplicaDefinition,
  { changes, engine }: Pick<Surroundings, 'changes' | 'engine'>,
  replicas: World['replicas'],
): World['create'] {
  return async ({ service }, count, _total, signal) => {
    const present = await replicas(service, signal);
    const body = definition.create as Readonly<Record<string, Json>>;
    const reference = typeof body.Image === 'string' ? body.Image : '';
    const isStillIt = (await engine.image(reference, signal))?.id === definition.imageId;
    const labels = body.Labels as Readonly<Record<string, string>>;
    const stem = stemOf(labels, present);
    const first = Math.max(0, ...present.map(({ number }) => number)) + 1;
    for (let number = first; number < first + count; number += 1) {
      const id = await changes.create(
        {
          name: `${stem}${number}`,
          body: {
            ...body,
            Image: isStillIt ? reference : definition.keptAs,
            Labels: { ...labels, [numberLabel]: String(number) },
          },
          networks: definition.networks,
        },
        signal,
      );
      await changes.start(id, signal);
    }
  };
}

/** Compose 2 joins names with `-`, an older one with `_`: as those that are there. */
function stemOf(labels: Readonly<Record<string, string>>, present: readonly Container[]): string {
  const known = present.map(({ name }) => /^(.*[-_])\d+$/.exec(name)?.[1]).find((stem) => stem !== undefined);
  return known ?? `${labels['com.docker.compose.project']}-${labels['com.docker.compose.service']}-`;
}
