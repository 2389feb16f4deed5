import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readCommandLine } from '../../src/cli/command-line.ts';
import { jobSchema } from '../../src/daemon/job.ts';
import { createSchedule } from '../../src/daemon/schedule.ts';
import { mergeSettings } from '../../src/settings/merge.ts';

const examples = resolve(import.meta.dirname, '../../../../examples');
const read = (path: string): Promise<string> => readFile(join(examples, path), 'utf8');
const fields = mergeSettings({});

describe('examples/systemd', () => {
  it('has jobs as the daemon reads them', async () => {
    const webhook = 'https://hooks.example/x';
    const text = (await read('systemd/postgres-admin.yaml')).replaceAll('${SLACK_WEBHOOK}', webhook);
    const { jobs, ...rest } = parse(text) as { readonly jobs: readonly unknown[] };
    expect(Object.keys(rest)).toEqual(['environment']);
    for (const given of jobs) {
      const job = jobSchema.parse(given);
      const schedule = await createSchedule(job);
      expect(schedule.next(0)).toBeGreaterThan(0);
    }
    expect(jobs).toHaveLength(7);
  });

  it('starts the daemon with a command line that it takes, secrets only from files', async () => {
    const unit = await read('systemd/mcp-postgres-admin.service');
    const [, program, argv = ''] = /^ExecStart=(\S+) (.*)$/m.exec(unit) ?? [];
    expect(program).toBe('/usr/bin/mcp-postgres-admin');
    const line = readCommandLine(argv.split(' '), fields);
    expect([line.usageError, line.command.name]).toEqual([undefined, 'daemon']);
    const variables = [...unit.matchAll(/^Environment=(\w+)=/gm)].map(([, name]) => name);
    expect(variables).toEqual(['DATABASE_URL_FILE', 'AUDIT_LOG_KEY_FILE', 'CINECOM_STATE_DIR']);
  });

  it('is a unit that systemd takes', async (context) => {
    const analyze = (...argv: string[]) => promisify(execFile)('systemd-analyze', argv);
    const found = await analyze('--version').catch(() => undefined);
    if (found === undefined) context.skip('systemd-analyze is not on this machine');
    const unit = join(examples, 'systemd/mcp-postgres-admin.service');
    const { stderr } = await analyze('verify', '--man=no', unit).catch((error: { stderr: string }) => error);
    // The program itself is not installed here.
    const about = stderr.split('\n').filter((line) => line.includes('mcp-postgres-admin'));
    expect(about.filter((line) => !line.includes('not executable'))).toEqual([]);
  });
});

describe('examples/docker-compose', () => {
  it('has jobs as the daemon reads them, changes by leave of each job', async () => {
    const text = (await read('docker-compose/jobs.yaml')).replaceAll('${SLACK_WEBHOOK}', 'https://hooks.example/x');
    const { jobs } = parse(text) as { readonly jobs: readonly unknown[] };
    const parsed = jobs.map((given) => jobSchema.parse(given));
    for (const job of parsed) expect((await createSchedule(job)).next(0)).toBeGreaterThan(0);
    expect(parsed.map(({ tool, confirm }) => [tool, confirm])).toEqual([
      ['compose_overview', undefined],
      ['compose_heal', 'never'],
      ['compose_scale', 'never'],
    ]);
  });
});

describe('examples/kubernetes', () => {
  it('calls one tool, once at a time, as nobody, with secrets from a Secret', async () => {
    const job = parse(await read('kubernetes/cronjob.yaml')) as CronJob;
    expect(job).toMatchObject({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      spec: { timeZone: 'Asia/Tokyo', concurrencyPolicy: 'Forbid', jobTemplate: { spec: { backoffLimit: 0 } } },
    });
    expect(
      (await createSchedule({ name: 'x', cron: job.spec.schedule, zone: job.spec.timeZone })).next(0),
    ).toBeDefined();
    const pod = job.spec.jobTemplate.spec.template.spec;
    expect(pod).toMatchObject({ automountServiceAccountToken: false, securityContext: { runAsNonRoot: true } });
    const [container] = pod.containers;
    expect(container?.command).toEqual(['mcp-postgres-admin']);
    expect(container?.securityContext).toMatchObject({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true });
    const line = readCommandLine(container?.args ?? [], fields);
    expect([line.usageError, line.command.name, line.words]).toEqual([undefined, 'call', ['pg_overview']]);
    const open = container?.env.filter(({ value }) => value !== undefined).map(({ name }) => name);
    expect(open).toEqual(['CINECOM_STATE_DIR']);
  });
});

interface CronJob {
  readonly spec: {
    readonly schedule: string;
    readonly timeZone: string;
    readonly jobTemplate: {
      readonly spec: {
        readonly template: {
          readonly spec: {
            readonly containers: readonly {
              readonly command: readonly string[];
              readonly args: readonly string[];
              readonly env: readonly { readonly name: string; readonly value?: string }[];
              readonly securityContext: object;
            }[];
          };
        };
      };
    };
  };
}
