import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuiltClient } from '@cinecom/mcp-core/testing';
import { describeWithDocker } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openBinary } from './support/binary.ts';
import { type Inspected, type Lab, openLab } from './support/lab.ts';

interface Report {
  readonly verdict: string;
  readonly findings: readonly { readonly id: string; readonly object: string }[];
  readonly actions: readonly {
    readonly container: string;
    readonly done: string;
    readonly outcome: string;
    readonly incident: string;
  }[];
  readonly skipped: readonly { readonly container: string; readonly why: string }[];
}

const allowed = ['--allow', 'write', '--confirm', 'never'];
const probe = (test: string): string => `{ test: ${test}, interval: 300ms, timeout: 2s, retries: 1, start_period: 1s }`;
const ready = probe('["CMD", "test", "-f", "/tmp/ready"]');

// "cured" gets well by a restart; "spoilt" only where its own layer is new; "lost" never
const file = `
services:
  cured:
    image: cinema/base:1
    stop_grace_period: 1s
    environment: { BOX_OFFICE: "seat-secret-4711" }
    command: ["sh", "-c", "echo opened with $$BOX_OFFICE; touch /tmp/ready; exec sleep 100000"]
    healthcheck: ${ready}
  spoilt:
    image: cinema/base:1
    stop_grace_period: 1s
    volumes: ["reels:/data", "/extra"]
    command: ["sh", "-c", "[ -f /etc/bad ] || touch /tmp/ready; exec sleep 100000"]
    healthcheck: ${ready}
  lost:
    image: cinema/base:1
    restart: always
    command: ["sh", "-c", "exit 4"]
  shielded:
    image: cinema/base:1
    healthcheck: ${probe('["CMD", "false"]')}
  behind:
    image: cinema/base:1
    depends_on: [shielded]
    healthcheck: ${probe('["CMD", "false"]')}
  misprobed:
    image: cinema/base:1
    healthcheck: ${probe('["CMD", "nosuch"]')}
volumes: { reels: {} }
`;

describeWithDocker({}, 'compose_heal', ({ server }) => {
  let lab: Lab;
  let next: BuiltClient | undefined;
  const heal = (service: string) => lab.client.data<Report>('compose_heal', { service });
  const until = (isSo: () => Promise<boolean>) => vi.waitUntil(isSo, { interval: 200, timeout: 60_000 });
  const is = (service: string, status: string) =>
    until(async () => (await lab.inspect(service)).State.Health?.Status === status);
  const exec = async (service: string, ...Cmd: readonly string[]): Promise<void> => {
    const { Id } = (await lab.post(service, 'exec', { Cmd })) as { readonly Id: string };
    await server().ask(`/exec/${Id}/start`, 'POST', { Detach: true });
  };
  /** After the pause that the last repair asks for. */
  const patiently = async (service: string): Promise<Report> => {
    let report: Report | undefined;
    await vi.waitUntil(
      async () => {
        report = await lab.client.data<Report | undefined>('compose_heal', { service });
        return report?.actions !== undefined;
      },
      { interval: 1000, timeout: 60_000 },
    );
    return report!;
  };

  beforeAll(async () => {
    lab = await openLab(server(), { name: 'heal', file, server: { argv: [...allowed, '--protect', 'shielded'] } });
    await lab.up('cured', 'spoilt');
  });
  afterAll(async () => {
    await next?.[Symbol.asyncDispose]();
    await lab?.[Symbol.asyncDispose]();
  });

  it('does nothing where nothing is ill', async () => {
    await is('cured', 'healthy');
    await is('spoilt', 'healthy');
    expect(await lab.client.ask('compose_heal')).toMatch(/NOTHING TO DO.*no replica is ill/);
  });

  it('restarts what is unhealthy, and keeps what there was to see, without values of its environment', async () => {
    const before = await lab.inspect('cured');
    await exec('cured', 'rm', '/tmp/ready');
    await is('cured', 'unhealthy');
    const report = await heal('cured');
    expect(report.actions).toMatchObject([{ container: 'heal-cured-1', done: 'restart', outcome: 'ready' }]);
    const after = await lab.inspect('cured');
    expect(after).toMatchObject({ Id: before.Id, State: { Health: { Status: 'healthy' } } });
    expect(after.State.StartedAt).not.toBe(before.State.StartedAt);
    const kept = bundleOf(lab, report.actions[0]!.incident);
    expect(kept.container).toMatchObject({ name: 'heal-cured-1', health: { status: 'unhealthy' } });
    expect(kept.logs.map(({ text }) => text)).toContain('opened with ***');
    expect(kept.environmentNames).toContain('BOX_OFFICE');
    expect(kept.events.map(({ action }) => action)).toContain('health_status: unhealthy');
    expect(JSON.stringify(kept)).not.toContain('seat-secret-4711');
  });

  it('goes on where another process ended: recreates after a restart that did not help, with image, hash and volumes kept', async () => {
    const before = await described(lab);
    await exec('spoilt', 'sh', '-c', 'echo reel > /data/kept; echo reel > /extra/kept; touch /etc/bad; rm /tmp/ready');
    await is('spoilt', 'unhealthy');
    const first = await heal('spoilt');
    expect(first).toMatchObject({ verdict: 'warning', actions: [{ done: 'restart', outcome: 'not ready' }] });
    const held = await lab.client.ask('compose_heal', { service: 'spoilt' });
    expect(held).toMatch(/NOTHING TO DO.*heal-spoilt-1: the pause after the last repair is not over/);
    await lab.client.server.close();
    next = await openBinary(server(), [lab.project.file], {
      argv: ['--project-name', 'heal', ...allowed],
      state: lab.client.state,
    });
    lab = { ...lab, client: next };
    const second = await patiently('spoilt');
    expect(second.actions).toMatchObject([{ container: 'heal-spoilt-1', done: 'recreate', outcome: 'ready' }]);
    const after = await described(lab);
    expect(after.Id).not.toBe(before.Id);
    expect({ ...after, Id: '' }).toEqual({ ...before, Id: '' });
    await exec('spoilt', 'sh', '-c', 'cat /data/kept /extra/kept > /proc/1/fd/1');
    await until(
      async () =>
        ((await server().ask(`/containers/heal-spoilt-1/logs?stdout=1`)) as string).match(/reel/g)?.length === 2,
    );
    await lab.project.run('up', '--detach', '--pull', 'never', 'spoilt');
    expect((await lab.inspect('spoilt')).Id).toBe(after.Id);
  });

  it('gives up after restart and recreate, once, and touches it no more', async () => {
    await lab.up('lost');
    await until(async () => (await lab.inspect('lost')).RestartCount > 2);
    const rungs: string[] = [];
    while (rungs.length < 3) {
      const { actions } = await patiently('lost');
      rungs.push(`${actions[0]?.done} ${actions[0]?.outcome}`);
    }
    expect(rungs).toEqual(['restart not ready', 'recreate not ready', 'alert told']);
    const { Id } = await lab.inspect('lost');
    expect(await lab.client.ask('compose_heal', { service: 'lost' })).toMatch(
      /given up: restart and recreate did not help/,
    );
    expect((await lab.inspect('lost')).Id).toBe(Id);
    const { rows } = await lab.client.data<{
      readonly rows: readonly { readonly kind: string; readonly what: string }[];
    }>('compose_events', { service: 'lost' });
    const repairs = rows.filter(({ kind }) => kind === 'repair').map(({ what }) => what);
    expect(repairs).toEqual(['alert: told', 'recreate: not ready', 'restart: not ready']);
    await lab.post('lost', 'stop');
  });

  describe('where it must not act', () => {
    beforeAll(async () => {
      await lab.up('behind', 'misprobed');
      for (const service of ['shielded', 'behind', 'misprobed']) await is(service, 'unhealthy');
    });

    it('leaves alone what waits for a failed dependency, and tells what a restart cannot repair', async () => {
      const ids = async () => Promise.all(['shielded', 'behind', 'misprobed'].map((one) => startOf(lab, one)));
      const before = await ids();
      await using guarded = await openBinary(server(), [lab.project.file], {
        argv: ['--project-name', 'heal', ...allowed, '--protect', 'shielded'],
      });
      const report = await guarded.data<Report>('compose_heal', {});
      expect(report.actions).toMatchObject([{ container: 'heal-misprobed-1', done: 'alert', outcome: 'told' }]);
      expect(report.findings).toMatchObject([{ id: 'HEAL_GAVE_UP' }]);
      expect(report.skipped).toEqual([
        { service: 'shielded', container: 'heal-shielded-1', why: 'protected by --protect' },
        {
          service: 'behind',
          container: 'heal-behind-1',
          why: 'shielded, which it depends on, has to be repaired first',
        },
      ]);
      expect(await ids()).toEqual(before);
      expect(await guarded.refusal('compose_heal', { service: 'shielded' })).toMatchObject({ code: 'out_of_scope' });
    });

    it('repairs nothing while a rollout runs', async () => {
      const began = await startOf(lab, 'behind');
      lab.project.write('docker-compose.prod.yml', file.replace('opened with', 'open with'));
      const rollout = lab.client.data<{ readonly status: string }>('compose_rollout', {
        services: ['cured'],
        mode: 'stop-first',
        monitorSeconds: 8,
        waitSeconds: 45,
      });
      const running = async (): Promise<boolean> => {
        const { rollouts } = await lab.client.data<{ readonly rollouts: readonly { readonly status: string }[] }>(
          'compose_rollout_status',
        );
        return rollouts.some(({ status }) => status === 'running');
      };
      await until(running);
      expect(await lab.client.ask('compose_heal')).toMatch(/NOTHING TO DO.*a rollout runs/);
      await rollout;
      expect(await startOf(lab, 'behind')).toBe(began);
    });
  });
});

async function startOf(lab: Lab, service: string): Promise<string> {
  const { Id, State } = await lab.inspect(service);
  return `${Id} ${State.StartedAt}`;
}

interface Told extends Inspected {
  readonly Image: string;
  readonly Config: { readonly Image: string; readonly Labels: Readonly<Record<string, string>> };
  readonly Mounts: readonly { readonly Name: string; readonly Destination: string }[];
}

/** What has to be the same after a recreation, and the id. */
async function described(lab: Lab) {
  const { Id, Image, Config, Mounts } = (await lab.inspect('spoilt')) as Told;
  return {
    Id,
    Image,
    reference: Config.Image,
    hash: Config.Labels['com.docker.compose.config-hash'],
    mounts: Mounts.map(({ Name, Destination }) => `${Name} ${Destination}`).toSorted(),
  };
}

interface Bundle {
  readonly incident: string;
  readonly container: unknown;
  readonly environmentNames: readonly string[];
  readonly logs: readonly { readonly text: string }[];
  readonly events: readonly { readonly action: string }[];
}

/** Where the state folder keeps it. */
function bundleOf(lab: Lab, incident: string): Bundle {
  const root = lab.client.state.dir;
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /incident-[^/]*$/.test(name));
  const all = names.map((name) => JSON.parse(readFileSync(join(root, name), 'utf8')) as Bundle);
  const found = all.find((one) => one.incident === incident);
  if (found === undefined) throw new Error(`no bundle of incident ${incident} among ${names.join(', ')}`);
  return found;
}
