import { expect, it, vi } from 'vitest';
import { cinemaService, composeProject, importCinema, removeProject } from '../src/index.ts';
import { describeWithDocker } from '../src/vitest.ts';

const behaviours = ['good', 'exits', 'never-ready', 'turns-bad', 'ignores-term'] as const;

interface State {
  readonly Status: string;
  readonly ExitCode: number;
  readonly Health?: { readonly Status: string };
}

describeWithDocker({ control: true }, 'the cinema’s application', ({ server }) => {
  const stateOf = async (behaviour: string): Promise<State> => {
    const found = await server().ask(`/containers/cinema-${behaviour}-1/json`);
    return (found as { readonly State: State }).State;
  };

  it('behaves as each image says', async () => {
    const services = [];
    for (const behaviour of behaviours) {
      const image = `cinema/movie:${behaviour}`;
      await importCinema(server(), { reference: image, version: behaviour, behaviour });
      services.push(cinemaService({ name: behaviour, image, replicas: 1 }));
    }
    const project = composeProject(server(), { name: 'cinema', file: `services:\n${services.join('')}` });
    await project.run('up', '-d', '--pull', 'never');
    await vi.waitFor(async () => expect((await stateOf('turns-bad')).Health?.Status).toBe('healthy'), 10_000);
    const wanted = {
      good: ['running', 'healthy'],
      exits: ['exited', 'unhealthy'],
      'never-ready': ['running', 'unhealthy'],
      'turns-bad': ['running', 'unhealthy'],
      'ignores-term': ['running', 'healthy'],
    };
    await vi.waitFor(async () => {
      const seen = [];
      for (const behaviour of behaviours) {
        const { Status, Health } = await stateOf(behaviour);
        seen.push([behaviour, [Status, Health?.Status]]);
      }
      expect(Object.fromEntries(seen)).toEqual(wanted);
    }, 20_000);
    for (const behaviour of ['good', 'ignores-term']) {
      await server().ask(`/containers/cinema-${behaviour}-1/stop`, 'POST');
    }
    const codes = [];
    for (const behaviour of ['good', 'exits', 'ignores-term']) codes.push((await stateOf(behaviour)).ExitCode);
    expect(codes).toEqual([0, 1, 137]);
    await removeProject(project);
  });
});
