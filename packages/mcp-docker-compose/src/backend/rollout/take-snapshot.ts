import { randomUUID } from 'node:crypto';
import type { Container } from '../../model/container.ts';
import type { Snapshot } from '../../model/rollout.ts';
import { captureService, keepingTag } from './definitions.ts';
import type { OpenProject } from './open-project.ts';

/** Writes down what each service is made of, tags its images, and lets the oldest snapshots go with their tags. */
export async function takeSnapshot(
  { around: { engine, compose, changes, now }, store, keepSnapshots }: OpenProject,
  services: readonly string[],
  label: string,
  signal: AbortSignal,
): Promise<Snapshot> {
  const at = now();
  const project = await compose.projectName(signal);
  const all = (await engine.containers(signal)).filter(({ isOneOff }) => !isOneOff);

  async function keepImages(service: string, replicas: readonly Container[]): Promise<(image: string) => string> {
    const { repository, tag } = keepingTag(project, service, at);
    const images = [...new Set(replicas.map(({ imageId }) => imageId))];
    const tagOf = (image: string): string => (images.length === 1 ? tag : `${tag}-${images.indexOf(image)}`);
    for (const image of images) await changes.tag(image, repository, tagOf(image), signal);
    return (image) => `${repository}:${tagOf(image)}`;
  }

  const captured = await Promise.all(
    services.map(async (service) => {
      const replicas = all.filter((one) => one.service === service);
      return captureService(service, replicas, { changes, keptAs: await keepImages(service, replicas), signal });
    }),
  );
  const snapshot: Snapshot = { id: randomUUID(), project, at, label, services: captured };
  const gone = await store.add(snapshot, keepSnapshots);
  const kept = new Set((await store.snapshots()).flatMap(tagsOf));
  for (const tag of gone.flatMap(tagsOf)) if (!kept.has(tag)) await changes.untag(tag, signal);
  return snapshot;
}

function tagsOf({ services }: Snapshot): readonly string[] {
  return services.flatMap(({ definitions }) => definitions.map(({ keptAs }) => keptAs));
}
