import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempState } from '@cinecom/mcp-core/testing';
import { describeWithDocker } from '@cinecom/testbed/vitest';
import { expect, it, vi } from 'vitest';
import { startDaemon } from './support/daemon.ts';
import { keptSamples } from './support/kept-samples.ts';
import { openLab } from './support/lab.ts';

const file = `
services:
  ill:
    image: cinema/base:1
    stop_grace_period: 1s
    command: ["sh", "-c", "touch /tmp/ready; exec sleep 100000"]
    healthcheck: { test: ["CMD", "test", "-f", "/tmp/ready"], interval: 500ms, timeout: 5s, retries: 1 }
  busy:
    image: cinema/base:1
    stop_grace_period: 1s
    command: ["sh", "-c", "while :; do :; done"]
    cpus: 0.1
    healthcheck: { test: ["CMD", "true"], interval: 1s, timeout: 10s, retries: 5 }
    labels: { cinecom.autoscale.cpu: "50", cinecom.autoscale.max: "2" }
`;

const often = { cron: '*/2 * * * * *', confirm: 'never' };
const jobs = [
  { ...often, name: 'heal', tool: 'compose_heal' },
  { ...often, name: 'scale', tool: 'compose_scale', input: { service: '*', auto: true } },
];

describeWithDocker({}, 'the daemon', ({ server }) => {
  it('heals, scales by load and samples by itself, and says who did it', async () => {
    await using lab = await openLab(server(), { name: 'alone', file });
    await using state = await tempState();
    await lab.up('--wait');
    const argv = ['--file', lab.project.file, '--project-name', 'alone', '--allow', 'write', '--sample-seconds', '1'];
    await using daemon = await startDaemon(server(), { state, settings: { jobs }, argv });

    const { Id } = (await lab.post('ill', 'exec', { Cmd: ['rm', '/tmp/ready'] })) as { readonly Id: string };
    await server().ask(`/exec/${Id}/start`, 'POST', { Detach: true });
    const before = (await lab.inspect('ill')).State.StartedAt;
    const until = (isSo: () => Promise<boolean>) => vi.waitUntil(isSo, { interval: 500, timeout: 90_000 });
    await until(async () => (await lab.inspect('ill')).State.StartedAt !== before && (await lab.isHealthy('ill-1')));
    await until(() => lab.isHealthy('busy-2').catch(() => false));

    const samples = await keptSamples(server(), 'alone', state.dir);
    await until(async () => (await samples.recent(0, Date.now())).length >= 3);
    expect(await daemon.end()).toBe(0);
    expect(await lab.isHealthy('busy-3').catch(() => false)).toBe(false);
    expect(daemon.stderr()).not.toContain('error');
    const folder = join(state.dir, 'mcp-docker-compose', 'audit');
    const trail = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl'));
    const records = trail.map((name) => readFileSync(join(folder, name), 'utf8')).join('');
    for (const job of ['job:heal', 'job:scale']) expect(records).toContain(job);
  });
});
