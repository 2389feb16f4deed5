import type { Container } from '../../model/container.ts';
import type { HostImage } from '../../model/image.ts';
import type { Snapshot } from '../../model/rollout.ts';
import { protectedTags } from '../images/judge-images.ts';

export const leftoverKinds = ['orphans', 'created', 'exited-oneoffs', 'dangling-images', 'old-snapshots'] as const;
export type LeftoverKind = (typeof leftoverKinds)[number];

/** One thing that nobody needs any more. */
export interface Leftover {
  readonly kind: LeftoverKind;
  /** Id of a container, id or tag of an image. */
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: number | undefined;
}

export interface LeftoverInput {
  readonly project: string;
  /** Services of the files; undefined where they are not known: then nothing is an orphan. */
  readonly services: ReadonlySet<string> | undefined;
  readonly containers: readonly Container[];
  readonly images: readonly HostImage[];
  readonly snapshots: readonly Snapshot[];
  /** UTC ms: only what is older. */
  readonly before: number;
}

/**
 * What can go: containers of services that the files do not have, that were made and never started, or of `compose run`;
 * untagged images that this project's builds left; rollback tags that no snapshot names. Never volumes or what others made.
 */
export function findLeftovers(input: LeftoverInput): readonly Leftover[] {
  return [...containersOf(input), ...imagesOf(input), ...tagsOf(input)];
}

function containersOf({ services, containers, before }: LeftoverInput): readonly Leftover[] {
  return containers.flatMap((container): readonly Leftover[] => {
    const { id, name, state, isOneOff, createdAt } = container;
    const leftover = (kind: LeftoverKind): readonly Leftover[] => [{ kind, id, name, sizeBytes: undefined }];
    const isOld = (state.finishedAt ?? createdAt) < before;
    if (isOneOff) return state.status === 'exited' && isOld ? leftover('exited-oneoffs') : [];
    if (services !== undefined && !services.has(container.service))
      return createdAt < before ? leftover('orphans') : [];
    return state.status === 'created' && createdAt < before ? leftover('created') : [];
  });
}

function imagesOf({ project, images, before }: LeftoverInput): readonly Leftover[] {
  return images
    .filter(
      (image) =>
        image.tags.length === 0 && !image.isUsed && image.project === project && (image.createdAt ?? before) < before,
    )
    .map(({ id, sizeBytes }) => ({ kind: 'dangling-images', id, name: id.slice(7, 19), sizeBytes }));
}

function tagsOf({ project, images, snapshots }: LeftoverInput): readonly Leftover[] {
  const kept = new Set(
    snapshots.flatMap(({ services }) => services.flatMap(({ definitions }) => definitions.map(({ keptAs }) => keptAs))),
  );
  return protectedTags(images, project)
    .filter(({ tag }) => !kept.has(tag))
    .map(({ tag }) => ({
      kind: 'old-snapshots',
      id: tag,
      name: tag,
      sizeBytes: images.find(({ tags }) => tags.includes(tag))?.sizeBytes,
    }));
}
