import { describeWithDocker } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openProject, type RunningProject } from './support/project.ts';

// a first line that ends a window, three kinds of lines, bytes that are no UTF-8, a line that the engine splits
const talk = [
  'i=0; while [ $$i -lt 30 ]; do i=$$((i+1))',
  'echo "INFO request $$i from 10.0.0.$$i 上映"',
  '[ $$((i%10)) = 0 ] && echo "ERROR db timeout after $$i ms" >&2',
  'true; done',
  "printf 'bro\\377ken\\n'",
  'head -c 40000 /dev/zero | tr "\\000" x; echo " end"',
  'touch /tmp/said; sleep 100000',
].join('; ');

const file = `
services:
  talk:
    image: cinema/base:1
    command: ["sh", "-c", ${JSON.stringify(talk)}]
    healthcheck: { test: ["CMD", "test", "-f", "/tmp/said"], interval: 1s }
    deploy: { replicas: 2 }
  terminal:
    image: cinema/base:1
    tty: true
    command: ["sh", "-c", "echo 予約; touch /tmp/said; sleep 100000"]
    healthcheck: { test: ["CMD", "test", "-f", "/tmp/said"], interval: 1s }
  ended:
    image: cinema/base:1
    command: ["sh", "-c", "echo panic: out of seats >&2; exit 3"]
  silent:
    image: cinema/base:1
    logging: { driver: none }
    command: ["sh", "-c", "sleep 100000"]
  flood:
    image: cinema/base:1
    profiles: [flood]
    command: ["seq", "1", "30000"]
`;

interface Logs {
  readonly total: number;
  readonly rows: readonly {
    readonly line: string;
    readonly from: string;
    readonly out?: string;
    readonly count?: number;
  }[];
  readonly notExamined: readonly { readonly what: string; readonly why: string }[];
  readonly cursor?: string;
}

describeWithDocker({}, 'compose_logs', ({ server }) => {
  let lab: RunningProject;
  beforeAll(async () => {
    lab = await openProject(server(), { name: 'logs', file });
    await lab.project.run('up', '--detach', '--pull', 'never', '--wait', 'talk', 'terminal');
  });
  afterAll(async () => lab?.[Symbol.asyncDispose]());

  it('collapses what is alike over replicas, errors first, and names what it could not read', async () => {
    const text = await lab.client.ask('compose_logs');
    expect(text).toMatch(/^72 lines of 5 containers in 6 templates: 7 error, 60 info, 5 without a level/m);
    expect(text).toContain('|6|error|`talk ×2`|');
    expect(text).toContain('`ERROR db timeout after <*> ms`|`ERROR db timeout after 30 ms`');
    expect(text).toContain('`INFO request <*> from <*> 上映`');
    expect(text).toContain('Not examined: logs of silent-1 (its log driver (none) cannot be read)');
    expect(text).toContain('Next: compose_diagnose {"service":"talk"}');
  });

  it('reads containers that ended, terminals and Japanese', async () => {
    const { rows } = await lab.client.data<Logs>('compose_logs', { services: ['ended', 'terminal'], collapse: false });
    expect(rows.map(({ line, from, out }) => `${from} ${out}: ${line}`).toSorted()).toEqual([
      'ended-1 err: panic: out of seats',
      'terminal-1 out: 予約',
    ]);
  });

  it('keeps the rest of a line that is no UTF-8, and a line that the engine sends in parts', async () => {
    const only = { services: ['talk'], collapse: false, stream: 'stdout' };
    const { rows } = await lab.client.data<Logs>('compose_logs', { ...only, contains: 'bro*ken' });
    expect(rows.map(({ line }) => line)).toEqual(['bro\ufffdken', 'bro\ufffdken']);
    const long = await lab.client.data<Logs>('compose_logs', { ...only, contains: 'xxxx' });
    expect(long.rows.map(({ line }) => line)).toEqual(Array.from({ length: 2 }, () => `${'x'.repeat(199)}…`));
  });

  it('merges replicas by time, and goes back page by page over the window of the first', async () => {
    const only = { services: ['talk'], collapse: false, contains: 'request', limit: 25 };
    const seen: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const one: Logs = await lab.client.data<Logs>('compose_logs', {
        ...only,
        ...(cursor === undefined ? {} : { cursor }),
      });
      seen.unshift(...one.rows.map(({ from, line }) => `${from} ${line}`));
      ({ cursor } = one);
      pages += 1;
    } while (cursor !== undefined);
    expect(pages).toBe(3);
    for (const replica of ['talk-1', 'talk-2']) {
      const numbers = seen
        .filter((one) => one.startsWith(replica))
        .map((one) => Number(/request (\d+)/.exec(one)?.[1]));
      expect(numbers).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    }
  });

  it('looks for alternatives and wildcards, by stream and by level', async () => {
    const total = async (more: object): Promise<number> =>
      (await lab.client.data<Logs>('compose_logs', { services: ['talk'], collapse: false, ...more })).total;
    expect(await total({ contains: 'DB*ms|no such thing' })).toBe(6);
    expect(await total({ stream: 'stderr' })).toBe(6);
    expect(await total({ level: 'warning' })).toBe(6);
    expect(await total({ level: 'info', stream: 'stdout' })).toBe(60);
    expect(await total({ until: '1h', since: '2h' })).toBe(0);
  });

  it('stays within 8 kB however much there is', async () => {
    const text = await lab.client.ask('compose_logs', { collapse: false });
    expect(Buffer.byteLength(text)).toBeLessThan(8000);
    expect(text).toMatch(/\d+ of 72 lines, the newest, shown\nMore with the same arguments and cursor cur_/);
  });

  it('keeps the newest lines of a log that is too long, says so, and reads more of a window that ended', async () => {
    await lab.project.run('--profile', 'flood', 'up', '--pull', 'never', '--no-log-prefix', 'flood');
    const only = { services: ['flood'], collapse: false, limit: 1 };
    const newest = await lab.client.data<Logs>('compose_logs', only);
    expect([newest.total, newest.rows[0]?.line]).toEqual([20_000, '30000']);
    expect(newest.notExamined).toMatchObject([{ what: 'older lines of flood-1' }]);
    const whole = await lab.client.data<Logs>('compose_logs', { ...only, until: new Date().toISOString() });
    expect([whole.total, whole.rows[0]?.line, whole.notExamined]).toEqual([30_000, '30000', []]);
    const text = await lab.client.ask('compose_logs', { services: ['flood'] });
    expect(text).toMatch(/\|20000\|`flood`\|[^|]+\|[^|]+\|`<\*>`\|`30000`\|/);
  });

  it('says which services, times and words it takes', async () => {
    const { client } = lab;
    expect(await client.refusal('compose_logs', { services: ['gone'] })).toMatchObject({
      code: 'backend_not_found',
      text: expect.stringContaining('ended, flood, silent, talk, terminal') as string,
    });
    expect((await client.refusal('compose_logs', { since: 'yesterday' })).text).toContain('RFC 3339');
    expect((await client.refusal('compose_logs', { since: '8d' })).code).toBe('invalid_input');
    expect((await client.refusal('compose_logs', { contains: '*' })).text).toContain('nothing to look for');
  });
});
