import { importImage } from '@cinecom/testbed';
import { describeWithEachDocker } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { baseImage, openProject, type RunningProject } from './support/project.ts';

const file = `
services:
  web:
    image: cinema/web:1
    deploy: { replicas: 2 }
  loose:
    image: cinema/loose
  absent:
    image: cinema/absent:3
    profiles: [extra]
`;

interface Images {
  readonly rows: readonly {
    readonly service: string;
    readonly wanted: string;
    readonly running: string;
    readonly sizeBytes?: number;
  }[];
  readonly findings: readonly { readonly id: string; readonly object: string; readonly evidence: string }[];
  readonly keptForRollback: readonly { readonly tag: string }[];
  readonly reclaimableBytes: number;
}

describeWithEachDocker('compose_images', ({ server }) => {
  let lab: RunningProject;
  const short = (id: string): string => id.slice('sha256:'.length, 'sha256:'.length + 12);
  let first = '';
  beforeAll(async () => {
    first = await importImage(server(), { reference: 'cinema/web:1', labels: { version: '1' } });
    await importImage(server(), { reference: 'cinema/loose:latest' });
    lab = await openProject(server(), { name: 'images', file, server: { argv: ['--profile', 'extra'] } });
  });
  afterAll(async () => lab?.[Symbol.asyncDispose]());

  const found = async (): Promise<readonly string[]> =>
    (await lab.client.data<Images>('compose_images')).findings.map(({ id, object }) => `${id} ${object}`);

  it('tells what is wanted beside what runs, what is missing and what is not pinned', async () => {
    const { rows } = await lab.client.data<Images>('compose_images');
    expect(rows.find(({ service }) => service === 'web')).toMatchObject({
      wanted: short(first),
      running: short(first),
    });
    expect(rows.find(({ service }) => service === 'web')?.sizeBytes).toBeGreaterThan(1_000_000);
    expect(rows.find(({ service }) => service === 'absent')).toMatchObject({ wanted: 'not here', running: '' });
    expect(await found()).toEqual(['IMAGE_MISSING absent', 'UNPINNED_TAG loose']);
  });

  it('tells that a reference has moved on, which containers run the old one, and that it keeps it from being removed', async () => {
    const second = await importImage(server(), { reference: 'cinema/web:1', labels: { version: '2' } });
    const { rows, findings, reclaimableBytes } = await lab.client.data<Images>('compose_images', { service: 'web' });
    expect(rows[0]).toMatchObject({ wanted: short(second), running: short(first) });
    expect(findings).toMatchObject([
      { id: 'IMAGE_DRIFT', evidence: expect.stringMatching(/^2 of 2 containers/) as string },
    ]);
    expect(reclaimableBytes).toBe(0);
  });

  it('counts what neither a container nor a name keeps', async () => {
    await importImage(server(), { reference: 'cinema/web:1', labels: { version: '3' } });
    const text = await lab.client.ask('compose_images');
    expect(text).toMatch(/\|info\|RECLAIMABLE\|[^|]*\|`1 image, at most [\d.]+ MB`/);
    expect(text).toContain('`cinema/absent:3`');
  });

  it('names the tags that are kept for rollbacks of this project', async () => {
    const query = new URLSearchParams({ repo: 'cinecom-rollback/images-web', tag: '20260101T000000Z' });
    await server().ask(`/images/${baseImage}/tag?${query.toString()}`, 'POST');
    const { keptForRollback } = await lab.client.data<Images>('compose_images');
    expect(keptForRollback.map(({ tag }) => tag)).toEqual(['cinecom-rollback/images-web:20260101T000000Z']);
  });
});
