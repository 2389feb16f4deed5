import { existsSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeWithDocker, describeWithEachDocker } from '../vitest.ts';
import { composeProject, removeProject } from './compose-project.ts';
import { importImage } from './images.ts';

const file = (version: number) => `
services:
  movie:
    image: cinema/movie:${version}
    environment: { HALL: "\${HALL:-1}" }
    healthcheck: { test: ["CMD", "true"], interval: 1s }
    deploy: { replicas: 2 }
`;

describeWithEachDocker('a Docker of the test bed', ({ server }) => {
  it('runs a project from imported images, and another version of it', async () => {
    const images = [];
    for (const version of ['1', '2']) {
      images.push(await importImage(server(), { reference: `cinema/movie:${version}`, labels: { version } }));
    }
    expect(new Set(images).size).toBe(2);
    const project = composeProject(server(), { name: 'cinema', file: file(1), environment: { HALL: '3' } });
    await project.run('up', '-d', '--pull', 'never', '--wait');
    expect(await imagesOf()).toEqual([images[0], images[0]]);
    expect(await project.run('config')).toContain('HALL: "3"');
    project.write('docker-compose.prod.yml', file(2));
    await project.run('up', '-d', '--pull', 'never', '--timeout', '0');
    expect(await imagesOf()).toEqual([images[1], images[1]]);
    await removeProject(project);
    expect([await imagesOf(), existsSync(project.folder)]).toEqual([[], false]);
  });

  async function imagesOf(): Promise<string[]> {
    const found = (await server().ask('/containers/json?all=1')) as { readonly ImageID: string }[];
    return found.map(({ ImageID }) => ImageID);
  }

  it('keeps its images over an end without warning', async () => {
    const id = await server().importBase('cinema/base:1');
    await server().down();
    await expect(server().ask('/version')).rejects.toThrow(/ENOENT|ECONNREFUSED/);
    await server().up();
    expect(await server().ask('/images/cinema/base:1/json')).toMatchObject({ Id: id });
  });
});

describeWithDocker({}, 'a Docker of the test bed, held', ({ server }) => {
  it('answers only when it goes on, and rejects with what the engine says', async () => {
    server().pause();
    let answered = false;
    const answer = server()
      .ask('/_ping')
      .finally(() => (answered = true));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(answered).toBe(false);
    server().resume();
    expect(await answer).toBe('OK');
    await expect(server().ask('/containers/nobody/json')).rejects.toThrow('No such container');
    expect(readdirSync(server().folder)).toContain('docker.sock');
  });
});
