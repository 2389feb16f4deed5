import { describe, expect, it } from 'vitest';
import type { ComposeService } from '../../model/compose-model.ts';
import type { Container } from '../../model/container.ts';
import type { HostImage } from '../../model/image.ts';
import { danglingImages, judgeImages, protectedTags } from './judge-images.ts';
import { isUnpinned, readReference } from './reference.ts';

describe('a reference', () => {
  it.each([
    ['nginx', 'nginx', undefined, undefined, true],
    ['nginx:latest', 'nginx', 'latest', undefined, true],
    ['nginx:1.27', 'nginx', '1.27', undefined, false],
    ['registry:5000/a/b', 'registry:5000/a/b', undefined, undefined, true],
    ['registry:5000/a/b:2', 'registry:5000/a/b', '2', undefined, false],
    ['a@sha256:abc', 'a', undefined, 'sha256:abc', false],
    ['a:latest@sha256:abc', 'a', 'latest', 'sha256:abc', false],
  ])('%s has its parts', (reference, repository, tag, digest, unpinned) => {
    expect(readReference(reference)).toEqual({ repository, tag, digest });
    expect(isUnpinned(reference)).toBe(unpinned);
  });
});

const service = (image: string, isBuilt = false) => ({ image, isBuilt }) as ComposeService;
const container = (image: string, imageId: string) => ({ image, imageId }) as Container;
const ids = (...[one]: Parameters<typeof judgeImages>): readonly string[] => judgeImages(one).map(({ id }) => id);
const base = { name: 'web', plain: 'web' };

describe('images of a service', () => {
  it('are all right where all run what a pinned reference is', () => {
    const containers = [container('web:1', 'a'), container('web:1', 'a')];
    expect(ids({ ...base, service: service('web:1'), containers, desiredId: 'a' })).toEqual([]);
  });

  it.each([
    ['missing', { service: service('web:1'), containers: [], desiredId: undefined }, ['IMAGE_MISSING']],
    [
      'older than their reference',
      { service: service('web:1'), containers: [container('web:1', 'a')], desiredId: 'b' },
      ['IMAGE_DRIFT'],
    ],
    // the file names another one: that is drift of the configuration
    ['of before', { service: service('web:2'), containers: [container('web:1', 'a')], desiredId: 'b' }, []],
    ['not pinned', { service: service('web'), containers: [], desiredId: 'a' }, ['UNPINNED_TAG']],
    ['built here', { service: service('shop-web', true), containers: [], desiredId: 'a' }, []],
    ['not in the files', { service: undefined, containers: [container('web', 'a')], desiredId: undefined }, []],
  ])('that are %s are told', (_what, one, expected) => {
    expect(ids({ ...base, ...one })).toEqual(expected);
  });
});

const image = (id: string, tags: readonly string[], isUsed = false): HostImage => ({
  id,
  tags,
  isUsed,
  project: undefined,
  createdAt: undefined,
  sizeBytes: 10,
});

describe('images of the host', () => {
  const all = [
    image('a', []),
    image('b', [], true),
    image('c', [
      'cinecom-rollback/my-shop-web:20260101T000000Z',
      'web:1',
      'cinecom-rollback/my-shop-db:20260301T000000Z',
    ]),
    image('d', ['cinecom-rollback/other-web:20260101T000000Z']),
  ];

  it('can be freed without name and container', () => {
    expect(danglingImages(all).map(({ id }) => id)).toEqual(['a']);
  });

  it('are kept by the tags of snapshots of this project, newest first', () => {
    expect(protectedTags(all, 'my_shop').map(({ tag }) => tag)).toEqual([
      'cinecom-rollback/my-shop-db:20260301T000000Z',
      'cinecom-rollback/my-shop-web:20260101T000000Z',
    ]);
  });
});
