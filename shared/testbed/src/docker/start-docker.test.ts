import { existsSync, readdirSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { describeWithDocker, describeWithEachDocker } from '../vitest.ts';
import { composeProject, removeProject } from './compose-project.ts';
import { importImage } from './images.ts';
import { tarOf } from './tar.ts';

const file = (version: number) => `
services:
  movie:
    image: cinema/testbed:${version}
    environment: { HALL: "\${HALL:-1}" }
    healthcheck: { test: ["CMD", "true"], interval: 1s }
    deploy: { replicas: 2 }
`;

describeWithEachDocker('a Docker of the test bed', ({ server }) => {
  it('runs a project from imported images, and another version of it', async () => {
    const images = [];
    for (const version of ['1', '2']) {
      images.push(await importImage(server(), { reference: `cinema/testbed:${version}`, labels: { version } }));
    }
    expect(new Set(images).size).toBe(2);
    const project = composeProject(server(), { name: 'testbed', file: file(1), environment: { HALL: '3' } });
    onTestFinished(() => removeProject(project));
    await project.run('up', '-d', '--pull', 'never', '--wait');
    expect(await imagesOf('testbed')).toEqual([images[0], images[0]]);
    expect(await project.run('config')).toContain('HALL: "3"');
    project.write('docker-compose.prod.yml', file(2));
    await project.run('up', '-d', '--pull', 'never', '--timeout', '0');
    expect(await imagesOf('testbed')).toEqual([images[1], images[1]]);
    await removeProject(project);
    expect([await imagesOf('testbed'), existsSync(project.folder)]).toEqual([[], false]);
  });

  async function imagesOf(project: string): Promise<string[]> {
    const filters = encodeURIComponent(JSON.stringify({ label: [`com.docker.compose.project=${project}`] }));
    const found = await server().ask(`/containers/json?all=1&filters=${filters}`);
    return (found as { readonly ImageID: string }[]).map(({ ImageID }) => ImageID);
  }

  it('takes neither a project nor a reference that is somebody else’s', async () => {
    const Image = await server().importBase('cinema/testbed-base:1');
    const Labels = { 'com.docker.compose.project': 'theirs', 'com.docker.compose.project.working_dir': '/srv/theirs' };
    await server().ask('/containers/create?name=theirs', 'POST', { Image, Labels });
    onTestFinished(async () => void (await server().ask('/containers/theirs?force=1', 'DELETE')));
    const project = composeProject(server(), { name: 'theirs', file: file(1) });
    await expect(project.run('up', '-d')).rejects.toThrow('the project theirs is somebody else');

    await server().ask('/images/create?fromSrc=-&repo=theirs/base&tag=1', 'POST', tarOf([]));
    onTestFinished(async () => void (await server().ask('/images/theirs/base:1', 'DELETE')));
    await expect(server().importBase('theirs/base:1')).rejects.toThrow('theirs/base:1 is somebody else');
  });
});

describeWithEachDocker(
  'a Docker of our own',
  ({ server }) => {
    it('keeps its images over an end without warning', async () => {
      const id = await server().importBase('cinema/base:1');
      await server().down();
      await expect(server().ask('/version')).rejects.toThrow(/ENOENT|ECONNREFUSED/);
      await server().up();
      expect(await server().ask('/images/cinema/base:1/json')).toMatchObject({ Id: id });
    });
  },
  { control: true },
);

describeWithDocker({ control: true }, 'a Docker of our own, held', ({ server }) => {
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
