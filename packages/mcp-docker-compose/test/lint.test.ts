import { importImage } from '@cinecom/testbed';
import { describeWithEachDocker } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openProject, type RunningProject } from './support/project.ts';

const good = `
services:
  web:
    image: cinema/base:1
    command: ["sleep", "100000"]
    init: true
    restart: unless-stopped
    healthcheck: { test: ["CMD", "true"], interval: 1s }
    deploy: { resources: { limits: { memory: 64M } } }
    depends_on: { db: { condition: service_healthy } }
  db:
    image: cinema/base:1
    command: ["sleep", "100000"]
    init: true
    restart: always
    healthcheck: { test: ["CMD", "true"], interval: 1s }
    mem_limit: 64M
    environment: { DB_PASSWORD_FILE: /run/secrets/db }
`;

// the number of each line stands in what is expected below
const bad = `x-base: &base
  image: cinema/base
  privileged: true
services:
  web:
    <<: *base
    container_name: the-web
    command: ["sh", "-c", "sleep 1; sleep 100000"]
    pid: host
    depends_on:
      - db
    environment:
      - API_TOKEN=abc-very-secret
      - HALL=\${HALL}
    volumes:
      - /data
      - /var/run/docker.sock:/var/run/docker.sock:ro
    deploy:
      update_config: { order: start-first }
  many:
    image: cinema/base:1
    ports:
      - "8099:80"
    deploy:
      replicas: 2
  db:
    image: cinema/base:1
    healthcheck: { test: ["CMD", "true"] }
    env_file: db.env
    mem_limit: 64M
    restart: always
`;

interface Report {
  readonly verdict: string;
  readonly rulesRun: number;
  readonly findings: readonly { readonly id: string; readonly object: string; readonly evidence: string }[];
}

describeWithEachDocker('compose_lint', ({ server }) => {
  let lab: RunningProject;
  beforeAll(async () => {
    lab = await openProject(server(), { name: 'lint', file: good });
    await importImage(server(), { reference: 'cinema/base:latest' });
  });
  afterAll(async () => {
    lab?.project.write('docker-compose.prod.yml', good);
    await lab?.[Symbol.asyncDispose]();
  });

  const places = async (args: object = {}): Promise<readonly string[]> => {
    const { findings } = await lab.client.data<Report>('compose_lint', { ...args });
    return findings.map(({ id, object }) => `${id} ${object.replace('docker-compose.prod.yml', '')}`).toSorted();
  };

  it('finds nothing in a file that is right, and says how many rules looked', async () => {
    expect(await lab.client.ask('compose_lint')).toMatch(/^OK: 15 rules ran over 2 services; 0 findings/);
  });

  it('tells stops that had to be forced from the history of the engine', async () => {
    await lab.project.run('kill', '--signal', 'SIGCONT', 'db');
    const stubborn = good
      .replaceAll('    init: true\n', '')
      .replace('restart: always', 'restart: always\n    stop_grace_period: 1s');
    lab.project.write('docker-compose.prod.yml', stubborn);
    await lab.project.run('up', '--detach', '--pull', 'never', '--wait');
    await lab.project.run('restart', 'db');
    const text = await lab.client.ask('compose_lint', { rules: ['GRACE_TOO_SHORT'] });
    expect(text).toMatch(
      /\|warning\|GRACE_TOO_SHORT\|`db, docker-compose\.prod\.yml:14`\|`1 of 2 known stops ended by force, after up to 1\.\d+ s` vs ends within its grace period of 1 s\|/,
    );
    expect(text).toMatch(/^WARNING: 1 rule ran over 2 services \(of 15 rules\)/);
  });

  it('names the line of everything that is wrong', async () => {
    lab.project.write('db.env', 'DB_PASSWORD=from-the-file\n');
    lab.project.write('docker-compose.prod.yml', bad);
    expect((await places()).filter((one) => !one.startsWith('GRACE_TOO_SHORT'))).toEqual(
      [
        'ANONYMOUS_VOLUME web, :16',
        'CONTAINER_NAME web, :7',
        'DEPENDS_WITHOUT_CONDITION web, :11',
        'ENGINE_SOCKET web, :17',
        'FIXED_HOST_PORT many, :23',
        'HOST_NAMESPACE web, :9',
        'NO_HEALTHCHECK many, :20',
        'NO_HEALTHCHECK web, :5',
        'NO_MEMORY_LIMIT many, :24',
        'NO_MEMORY_LIMIT web, :18',
        'NO_RESTART_POLICY many, :20',
        'NO_RESTART_POLICY web, :5',
        'PLAIN_SECRET db, :29',
        'PLAIN_SECRET web, :13',
        'PRIVILEGED web, :3',
        'SIGNAL_LOST web, :8',
        'UNPINNED_TAG web, :2',
        'UNSET_VARIABLE HALL, :14',
      ].toSorted(),
    );
    const text = await lab.client.ask('compose_lint');
    expect(text).not.toMatch(/very-secret|from-the-file/);
    expect(Buffer.byteLength(text)).toBeLessThan(8000);
  });

  it('runs only the rules it is asked for, and says which there are', async () => {
    expect(await places({ rules: ['PRIVILEGED'] })).toEqual(['PRIVILEGED web, :3']);
    const { code, text } = await lab.client.refusal('compose_lint', { rules: ['NO_SUCH'] });
    expect(code).toBe('invalid_input');
    expect(text).toContain('NO_HEALTHCHECK, NO_MEMORY_LIMIT');
  });

  it('says that a file of variables is missing and that no rule ran, never ok', async () => {
    lab.project.write('docker-compose.prod.yml', bad.replace('db.env', 'gone.env'));
    const text = await lab.client.ask('compose_lint');
    expect(text).toMatch(/^CRITICAL: 0 rules ran over 0 services/);
    expect(text).toContain('|critical|MISSING_ENV_FILE|`docker-compose.prod.yml:29`|');
    expect(text).toContain('Not examined: what the files ask for');
    lab.project.write('docker-compose.prod.yml', 'services: { web: { imagine: x } }\n');
    expect(await lab.client.ask('compose_lint')).toMatch(
      /\|critical\|INVALID_FILE\|`the Compose files`\|`[^`]*imagine/,
    );
  });
});
