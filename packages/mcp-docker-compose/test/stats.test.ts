import { describeWithEachDocker } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBinary } from './support/binary.ts';
import { openProject, type RunningProject } from './support/project.ts';

const mebibyte = 1024 * 1024;

// burns what it gets; holds 48 MiB in a tmpfs, and as much page cache that could be given back at once
const file = `
services:
  burner:
    image: cinema/base:1
    command: ["sh", "-c", "while true; do :; done"]
    deploy: { resources: { limits: { cpus: "0.25" } } }
  holder:
    image: cinema/base:1
    tmpfs: [/held]
    command: ["sh", "-c", "dd if=/dev/zero of=/held/it bs=1M count=48 && dd if=/dev/zero of=/cached bs=1M count=48 && touch /tmp/done && sleep 100000"]
    healthcheck: { test: ["CMD", "test", "-f", "/tmp/done"], interval: 1s }
    deploy: { resources: { limits: { memory: 256M } } }
  alone:
    image: cinema/base:1
    network_mode: none
    command: ["sleep", "100000"]
  ended:
    image: cinema/base:1
    command: ["true"]
`;

interface Row {
  readonly container: string;
  readonly cores: number;
  readonly coresPercent: number;
  readonly throttledPercent?: number;
  readonly memoryBytes: number;
  readonly memoryPercent?: number;
  readonly pids: number;
  readonly networkInPerSecond?: number;
}

interface Report {
  readonly verdict: string;
  readonly findings: readonly { readonly id: string; readonly object: string }[];
  readonly notExamined: readonly { readonly what: string }[];
  readonly containers: readonly Row[];
}

describeWithEachDocker('compose_stats', ({ server }) => {
  let lab: RunningProject;
  beforeAll(async () => {
    lab = await openProject(server(), { name: 'stats', file });
    await lab.project.run('up', '--detach', '--pull', 'never', '--wait', 'burner', 'holder', 'alone');
  });
  afterAll(async () => lab?.[Symbol.asyncDispose]());

  it('measures who uses what', async () => {
    const report = await lab.client.data<Report>('compose_stats', { windowSeconds: 3 });
    const of = (service: string): Row => report.containers.find(({ container }) => container === `stats-${service}-1`)!;
    // the kernel gives a quarter of a core and no more, however busy the machine is
    expect(of('burner').cores).toBeGreaterThan(0.1);
    expect(of('burner').cores).toBeLessThan(0.3);
    expect(of('burner').coresPercent).toBeCloseTo(of('burner').cores * 400, 3);
    expect(of('burner').pids).toBe(1);
    expect(of('holder').memoryBytes).toBeGreaterThanOrEqual(48 * mebibyte);
    expect(of('holder').memoryBytes).toBeLessThan(60 * mebibyte);
    expect(of('holder').memoryPercent).toBeCloseTo(of('holder').memoryBytes / (2.56 * mebibyte), 3);
    expect(of('holder').cores).toBeLessThan(0.1);
    expect(of('burner').memoryPercent).toBeUndefined();
    expect(of('alone').networkInPerSecond).toBeUndefined();
    expect(report.notExamined.map(({ what }) => what)).toEqual(['1 container']);
  });

  it('says who has to wait for CPU, and what to do', async () => {
    const text = await lab.client.ask('compose_stats', { service: 'burner', windowSeconds: 3 });
    expect(text).toMatch(/^WARNING: 1 container measured: 0\.\d+ of \d+ cores/);
    expect(text).toMatch(
      /\|warning\|CPU_THROTTLED\|`stats-burner-1`\|`had to wait in [\d.]+ % of periods, 0\.\d+ cores used of 0\.25` vs 25 % of periods\|/,
    );
    expect(text).toContain('Next: compose_rightsize {"service":"burner"}');
  });

  it('stops measuring at once when the call is cancelled', async () => {
    const argv = ['--project-name', 'stats', '--concurrency', '1'];
    await using client = await openBinary(server(), [lab.project.file], { argv });
    const cancel = new AbortController();
    const answer = client.call('compose_stats', { windowSeconds: 60 }, { signal: cancel.signal });
    setTimeout(() => cancel.abort(), 300);
    await expect(answer).rejects.toThrow(/abort/i);
    // the only slot is free again, long before the minute is over
    expect(await client.ask('compose_stats', { service: 'alone', windowSeconds: 2 })).toMatch(/^OK: /);
  });

  it('does not call healthy what did not run', async () => {
    expect(await lab.client.ask('compose_stats', { service: 'ended', windowSeconds: 2 })).toMatch(
      /^UNKNOWN: 0 containers/,
    );
  });
});
