import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readService } from '../../backend/compose/read-service.ts';
import type { ImageDefaults } from '../../model/image.ts';
import type { RolloutRecord } from '../../model/rollout.ts';
import type { ContainerEnd } from '../events/ends.ts';
import { createLocator } from '../files/locate.ts';
import { lint, lintRules } from './index.ts';
import { journalEnds } from './journal-ends.ts';
import type { LintProject } from './rule.ts';

const defaults = (more: Partial<ImageDefaults> = {}): ImageDefaults => ({
  environment: [],
  entrypoint: [],
  command: [],
  labels: {},
  healthcheck: undefined,
  volumes: [],
  ...more,
});

/** A project whose file is already as Compose resolves it. */
function project(text: string, more: Partial<LintProject> = {}): LintProject {
  const { services } = parse(text) as { services: Record<string, never> };
  const all = Object.entries(services).map(([name, raw]) => readService(name, raw, 'shop'));
  const sources = [{ path: 'compose.yml', text, isOnlyExtended: false }];
  return {
    model: {
      name: 'shop',
      services: new Map(all.map((one) => [one.name, one])),
      volumes: new Map(),
      networks: new Map(),
      unsetVariables: [],
      hashes: new Map(),
      text: '',
      fingerprint: '',
    },
    services: all,
    defaults: new Map([['app:1', defaults()]]),
    ends: [],
    sources,
    locator: createLocator(sources),
    ...more,
  };
}

/** `line severity evidence` of what one rule says. */
function said(id: string, given: LintProject): readonly string[] {
  const rules = lintRules.filter((rule) => rule.id === id);
  expect(rules).toHaveLength(1);
  return lint(rules, given).map(({ object, severity, evidence }) => `${object} ${severity} ${evidence}`);
}

const service = (lines: string): string => `services:\n  web:\n    image: app:1\n${lines.replaceAll(/^/gm, '    ')}\n`;

describe('SIGNAL_LOST', () => {
  it.each([
    ['["sh", "-c", "exec node app.js"]', []],
    ['["sh", "-c", "setup && exec node app.js"]', []],
    ['["sh", "-c", "trap stop TERM; node app.js & wait"]', []],
    ['["node", "app.js", "-c", "x; y"]', []],
    ['["/bin/bash", "-ec", "setup && node app.js"]', ['warning']],
    ['["sh", "-c", "node app.js; executed"]', ['warning']],
    ['["sh", "-c", "node app.js"]', ['info']],
    ['["sh", "run.sh"]', []],
  ])('of command %s is %j', (command, severities) => {
    const found = said('SIGNAL_LOST', project(service(`command: ${command}`)));
    expect(found.map((one) => one.split(' ').slice(0, 3))).toEqual(
      severities.map((severity) => ['web,', 'compose.yml:4', severity]),
    );
  });

  it('is not said of a service with init, and is of a command of its image', () => {
    expect(said('SIGNAL_LOST', project(service('init: true\ncommand: ["sh", "-c", "a; b"]')))).toEqual([]);
    const image = new Map([['app:1', defaults({ command: ['sh', '-c', 'a; b'] })]]);
    expect(said('SIGNAL_LOST', project(service('restart: always'), { defaults: image }))).toHaveLength(1);
  });
});

describe('FIXED_HOST_PORT', () => {
  it.each([
    ['8080', 2, 1],
    ['8080', 1, 0],
    ['8080-8081', 2, 0],
    ['8080-8081', 3, 1],
  ])('of %s for %d replicas: %d', (published, replicas, count) => {
    const text = service(`deploy: { replicas: ${replicas} }\nports:\n  - target: 80\n    published: "${published}"`);
    const found = said('FIXED_HOST_PORT', project(text));
    expect(found).toHaveLength(count);
    if (count > 0) expect(found[0]).toContain('compose.yml:7 ');
  });

  it('is not said of any free port', () => {
    expect(said('FIXED_HOST_PORT', project(service('deploy: { replicas: 2 }\nports: [{ target: 80 }]')))).toEqual([]);
  });
});

describe('PLAIN_SECRET', () => {
  it.each([
    ['environment:\n  DB_PASSWORD: hunter2', ['web, compose.yml:5 warning DB_PASSWORD is written in the file']],
    ['environment:\n  DB_PASSWORD: "a$$b"', ['web, compose.yml:5 warning DB_PASSWORD is written in the file']],
    ['environment:\n  DB_PASSWORD: ${DB_PASSWORD}', ['web, compose.yml:5 info DB_PASSWORD comes by the environment']],
    ['environment:\n  DB_PASSWORD_FILE: /run/secrets/db\n  LANG: C', []],
    ['environment:\n  DB_PASSWORD:', []],
  ])('of %j is %j', (lines, expected) => {
    expect(said('PLAIN_SECRET', project(service(lines)))).toEqual(expected);
  });

  it('never tells the value', () => {
    const found = lint(lintRules, project(service('environment: { API_TOKEN: very-secret-value }')));
    expect(JSON.stringify(found)).toContain('API_TOKEN');
    expect(JSON.stringify(found)).not.toContain('very-secret-value');
  });
});

describe('GRACE_TOO_SHORT', () => {
  const end = (more: Partial<ContainerEnd>): ContainerEnd => ({
    at: 0,
    service: 'web',
    containerId: 'a',
    containerName: 'web-1',
    exitCode: 0,
    cause: 'asked',
    msAfterSignal: 2000,
    isForced: false,
    ...more,
  });

  it('is said of a service that had to be killed, with how often', () => {
    const ends = [
      end({}),
      end({ isForced: true, msAfterSignal: 10_100 }),
      end({ cause: 'own' }),
      end({ service: 'db' }),
    ];
    expect(said('GRACE_TOO_SHORT', project(service('stop_grace_period: 10s'), { ends }))).toEqual([
      'web, compose.yml:4 warning 1 of 2 known stops ended by force, after up to 10.1 s',
    ]);
    expect(said('GRACE_TOO_SHORT', project(service('stop_grace_period: 10s'), { ends: [end({})] }))).toEqual([]);
  });
});

describe('stops of rollouts', () => {
  const record = (endedAt: number, container: string): RolloutRecord =>
    ({
      id: 'r',
      project: 'shop',
      startedAt: 1000,
      endedAt,
      services: [{ service: 'web' }, { service: 'web-api' }],
      ungraceful: [{ container, seconds: 10, exitCode: 137 }],
    }) as unknown as RolloutRecord;

  it('count where no event tells them, each for its own service', () => {
    const records = [record(2000, 'shop-web-api-3'), record(9000, 'shop-web-1'), record(2000, 'shop-gone-1')];
    const seen = { containerName: 'shop-web-1', at: 8000 } as ContainerEnd;
    const told = { at: 1000, isForced: true, cause: 'asked', msAfterSignal: 10_000 };
    expect(journalEnds(records, [seen])).toMatchObject([{ ...told, service: 'web-api' }]);
    // an end of that name at another time is another one
    expect(journalEnds(records, [{ ...seen, at: 9001 }])).toMatchObject([
      { ...told, service: 'web-api' },
      { ...told, service: 'web' },
    ]);
  });
});

describe('NO_HEALTHCHECK', () => {
  const checked = new Map([
    [
      'app:1',
      defaults({
        healthcheck: { test: ['CMD', 'x'], intervalMs: 1, timeoutMs: 1, retries: 1, startPeriodMs: 0 },
      }),
    ],
  ]);
  it.each([
    ['restart: always', undefined, 1],
    ['restart: always', checked, 0],
    ['healthcheck: { test: ["CMD", "true"] }', undefined, 0],
    ['healthcheck: { disable: true }', checked, 1],
  ])('of %j', (lines, images, count) => {
    const given = project(service(lines), images === undefined ? {} : { defaults: images });
    expect(said('NO_HEALTHCHECK', given)).toHaveLength(count);
  });
});

describe('services that end, and others that wait for it', () => {
  const text = `services:
  migrate:
    image: app:1
  web:
    image: app:1
    restart: always
    healthcheck: { test: ["CMD", "true"] }
    depends_on:
      migrate: { condition: service_completed_successfully }
  proxy:
    image: app:1
    restart: always
    depends_on:
      web: { condition: service_started }
`;
  it('need neither a restart policy nor a health check', () => {
    expect(said('NO_RESTART_POLICY', project(text))).toEqual([]);
    expect(said('NO_HEALTHCHECK', project(text)).map((one) => one.split(',')[0])).toEqual(['proxy']);
    expect(said('DEPENDS_WITHOUT_CONDITION', project(text))).toEqual([
      'proxy, compose.yml:14 warning waits for web to start, not for its health check',
    ]);
  });
});

describe('UNSET_VARIABLE', () => {
  it('is where the variable is used, not one whose name begins alike', () => {
    const given = project(service('environment:\n  A: "$${HALL} ${HALLS:-1}"\n  B: ${HALL}'));
    const model = { ...given.model, unsetVariables: ['HALL', 'ELSEWHERE'] };
    expect(said('UNSET_VARIABLE', { ...given, model })).toEqual([
      'HALL, compose.yml:6 warning used and set nowhere: empty',
      'ELSEWHERE warning used by a file of variables (env_file) and set nowhere: empty',
    ]);
  });
});
