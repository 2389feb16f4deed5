import { describeWithEachDocker } from '@cinecom/testbed/vitest';
import { expect, it } from 'vitest';
import { openProject } from './support/project.ts';

const environment = { BASE: 'base', FILES: '512', PASSED: 'through', ONLY_THERE: 'yes', SEAT: 'A', OTHER: 'never' };

describeWithEachDocker('variables', ({ server }) => {
  it('are all found where they stand in the way of listing them', async () => {
    await using lab = await openProject(server(), {
      name: 'variables',
      file: `services:
  movie:
    extends: { service: base, file: "\${BASE}.yml" }
    network_mode: none
    ulimits: { nofile: "\${FILES}" }
    environment: { SEAT: "$SEAT" }
`,
      files: {
        'base.yml':
          'services:\n  base:\n    image: cinema/base:1\n    environment:\n      PASSED:\n      THERE: "${ONLY_THERE}"\n',
      },
      environment,
      server: { env: environment },
    });
    expect(await lab.client.data('compose_deploy_check')).toMatchObject({
      services: [{ service: 'movie', upToDate: true }],
      containers: [],
    });
    expect(await lab.client.ask('compose_inspect', { service: 'movie', section: 'env' })).not.toContain('OTHER');
    lab.project.write('base.yml', 'services: { base: { image: "cinema/base:1", environment: [NOWHERE=1] } }\n');
    expect(await lab.client.data('compose_deploy_check')).toMatchObject({
      containers: [{ keys: expect.stringContaining('environment.NOWHERE') as string }],
    });
    lab.project.write('base.yml', 'services: [');
    expect(await lab.client.refusal('compose_deploy_check')).toMatchObject({ code: 'not_configured' });
    lab.project.write('base.yml', 'services: { base: { image: "cinema/base:1" } }\n');
  });
});
