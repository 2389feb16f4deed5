import { bytes, counted, type Finding } from '@cinecom/mcp-core';
import type { ComposeService } from '../../model/compose-model.ts';
import type { Container } from '../../model/container.ts';
import type { HostImage } from '../../model/image.ts';
import { isUnpinned } from './reference.ts';

/** One service with what its reference is here now. */
export interface ServiceImages {
  readonly name: string;
  readonly service: ComposeService | undefined;
  /** Without one-offs. */
  readonly containers: readonly Container[];
  /** Of the reference of the files; undefined = not on the host. */
  readonly desiredId: string | undefined;
  /** May be put into a next call. */
  readonly plain: string | undefined;
}

/** Images of the services that are missing, older than their reference, or named so that nobody knows which they are. */
export function judgeImages(one: ServiceImages): readonly Finding[] {
  const { service, containers, desiredId, plain } = one;
  if (service === undefined) return [];
  const older = containers.filter(({ imageId, image }) => image === service.image && imageId !== desiredId);
  const deploy = plain === undefined ? {} : { next: { tool: 'compose_deploy_check', args: { services: [plain] } } };
  return [
    ...finding(desiredId === undefined, {
      id: 'IMAGE_MISSING',
      severity: 'warning',
      object: one.name,
      evidence: `${service.image} is not on the host`,
      threshold: 'the image of the files at hand',
      fix: service.isBuilt
        ? 'Build it before the next update'
        : 'Pull it before the next update (compose_up with pull)',
    }),
    ...finding(desiredId !== undefined && older.length > 0, {
      id: 'IMAGE_DRIFT',
      severity: 'info',
      object: one.name,
      evidence: `${older.length} of ${counted(containers.length, 'container')} run another image than the reference is now`,
      threshold: 'the image of the files',
      fix: 'See what an update would do',
      ...deploy,
    }),
    ...finding(!service.isBuilt && isUnpinned(service.image), {
      id: 'UNPINNED_TAG',
      severity: 'info',
      object: one.name,
      evidence: service.image,
      threshold: 'a tag that says a version, or a digest',
      fix: 'Name a version: else nobody can tell which one runs, or get it back',
    }),
  ];
}

function finding(isSo: boolean, one: Finding): readonly Finding[] {
  return isSo ? [one] : [];
}

/** What no container and no name keeps: may be removed. */
export function danglingImages(images: readonly HostImage[]): readonly HostImage[] {
  return images.filter(({ tags, isUsed }) => tags.length === 0 && !isUsed);
}

export function judgeDangling(dangling: readonly HostImage[]): readonly Finding[] {
  return finding(dangling.length > 0, {
    id: 'RECLAIMABLE',
    severity: 'info',
    object: 'images of the host without name and container',
    evidence: `${counted(dangling.length, 'image')}, at most ${bytes(sizeOf(dangling))}`,
    threshold: 'none',
    fix: 'Remove them; layers that others share stay',
    next: { tool: 'compose_cleanup', args: { what: ['dangling-images'] } },
  });
}

export function sizeOf(images: readonly HostImage[]): number {
  return images.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Tags that snapshots of a project keep, newest first: `cinecom-rollback/<project>-…:<time>`. */
export function protectedTags(images: readonly HostImage[], project: string): readonly ProtectedTag[] {
  // as names of images are made of names of projects: no other signs than these
  const prefix = `cinecom-rollback/${project.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-`;
  return images
    .flatMap(({ tags, id, sizeBytes }) =>
      tags.filter((tag) => tag.startsWith(prefix)).map((tag) => ({ tag, id, sizeBytes })),
    )
    .toSorted((a, b) => timeOf(b.tag).localeCompare(timeOf(a.tag), 'en'));
}

export interface ProtectedTag {
  readonly tag: string;
  readonly id: string;
  readonly sizeBytes: number;
}

function timeOf(tag: string): string {
  return tag.slice(tag.lastIndexOf(':') + 1);
}
