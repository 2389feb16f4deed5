import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { diaryBed } from './diary-daemon.ts';

const job = { name: 'diary', cron: '* * * * * *', tool: 'diary_append', confirm: 'never' };

describe('a daemon', () => {
  it('runs each tick once however often it is killed, and tells of runs that nobody saw end', async () => {
    await using bed = await diaryBed([job]);
    const kills = 10;
    for (let kill = 0; kill < kills; kill += 1) {
      const daemon = await bed.start();
      if (kill % 2 === 0) {
        // In the middle of a run, which lasts 200 ms from here.
        const before = (await bed.ticks()).begun.length;
        while ((await bed.ticks()).begun.length === before) await sleep(5);
      } else {
        // Anywhere: spread over begin, effect and end.
        await sleep(400 + kill * 120);
      }
      daemon.kill('SIGKILL');
      expect(await daemon.ended).toBe('SIGKILL');
    }
    const last = await bed.start();
    const before = (await bed.ticks()).ended.length;
    while ((await bed.ticks()).ended.length === before) await sleep(20);
    last.kill('SIGTERM');
    expect(await last.ended).toBe(0);

    const { begun, ended, unknown } = await bed.ticks();
    // Killed as it tells how a run ended, a daemon tells it once more at its next start; never in another way.
    const told = new Set([...ended, ...unknown]);
    expect(
      unknown.filter((tick) => ended.includes(tick)),
      'a tick was told in two ways',
    ).toEqual([]);
    expect(new Set(begun).size, 'a tick was begun twice').toBe(begun.length);
    // Killed between the note on disk and the record, a run is told as unknown although its begin was not recorded.
    expect(
      begun.filter((tick) => !told.has(tick)),
      'a run was lost',
    ).toEqual([]);
    const claimed = (await readdir(join(bed.folder, 'daemon', 'ticks'))).map((name) => Number(name.split('.')[1]));
    expect(
      claimed.filter((tick) => !told.has(new Date(tick).toISOString())),
      'a tick was taken and nobody told',
    ).toEqual([]);
    const lines = await bed.lines();
    expect(lines).toBeGreaterThanOrEqual(new Set(ended).size);
    expect(lines).toBeLessThanOrEqual(told.size);
    expect(unknown.length).toBeGreaterThan(0);
    expect(ended.length).toBeGreaterThan(0);
  });

  it('runs what it missed once, and says how it went', async () => {
    await using bed = await diaryBed([{ ...job, name: 'hourly', cron: '@hourly' }]);
    const first = await bed.start();
    first.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    const path = join(bed.folder, 'daemon', 'hourly.1.json');
    const threeHours = 3 * 3_600_000;
    await writeFile(path, JSON.stringify({ taken: Date.now() - threeHours, schedule: '@hourly', runs: [] }));
    const second = await bed.start();
    await bed.lines();
    while ((await bed.ticks()).ended.length === 0) await sleep(50);
    second.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(await bed.lines()).toBe(1);
    const { out } = await bed.run('jobs');
    expect(out).toMatch(/^hourly +@hourly +diary_append +\S+Z warning, /m);
    const [listed] = (JSON.parse((await bed.run('jobs', '--json')).out) as { jobs: { runs: object[] }[] }).jobs;
    expect(listed?.runs).toEqual([
      expect.objectContaining({
        why: 'missed',
        outcome: 'success',
        verdict: 'warning',
        text: expect.stringContaining('WARNING: a line') as string,
      }),
    ]);
  });

  it('waits at its end for the run that goes on', async () => {
    await using bed = await diaryBed([{ ...job, input: { slow: 700 } }]);
    const daemon = await bed.start();
    while ((await bed.ticks()).begun.length === 0) await sleep(20);
    daemon.kill('SIGTERM');
    expect(await daemon.ended).toBe(0);
    const { begun, ended } = await bed.ticks();
    expect(ended).toEqual(begun);
    expect(await bed.lines()).toBe(begun.length);
    expect((await bed.run('jobs')).out).toContain('No daemon runs them now.');
  });

  it('skips a tick while the run before goes on', async () => {
    await using bed = await diaryBed([{ ...job, input: { slow: 1500 } }]);
    const daemon = await bed.start();
    await daemon.says(/its last run still goes on; this tick is skipped/);
    daemon.kill('SIGTERM');
    expect(await daemon.ended).toBe(0);
    const { begun, ended } = await bed.ticks();
    expect(ended).toEqual(begun);
  });

  it('is the only one over its state folder', async () => {
    await using bed = await diaryBed([job]);
    const first = await bed.start();
    const second = await bed.run('daemon');
    expect(second.code).toBe(1);
    expect(second.err).toContain(`process ${first.child.pid} on`);
    first.kill('SIGTERM');
    expect(await first.ended).toBe(0);
  });

  it('that slept while another took over ends when it wakes, and runs nothing twice', async () => {
    await using bed = await diaryBed([job]);
    const sleeper = await bed.start();
    sleeper.kill('SIGSTOP');
    const lock = join(bed.folder, 'daemon', 'lock.1');
    const held = JSON.parse(await readFile(lock, 'utf8')) as object;
    await writeFile(lock, JSON.stringify({ ...held, beat: Date.now() - 31_000 }));
    const heir = await bed.start();
    while ((await bed.ticks()).ended.length < 2) await sleep(50);
    sleeper.kill('SIGCONT');
    expect(await sleeper.ended).toBe(1);
    expect(sleeper.stderr()).toContain('another daemon has taken over');
    heir.kill('SIGTERM');
    expect(await heir.ended).toBe(0);
    const { begun, ended } = await bed.ticks();
    expect(new Set(begun).size).toBe(begun.length);
    expect(await bed.lines()).toBe(ended.length);
  });

  it('serves clients beside its jobs where it is told to, and counts its runs', async () => {
    await using bed = await diaryBed([{ ...job, input: { slow: 1 } }]);
    const daemon = await bed.start('--transport', 'http', '--port', '0');
    await daemon.says(/listening on/);
    const address = /listening on (http:\S+)\/mcp/.exec(daemon.stderr())?.[1];
    while ((await bed.ticks()).ended.length === 0) await sleep(50);
    const metrics = await (await fetch(`${address}/metrics`)).text();
    expect(metrics).toMatch(/^cinecom_mcp_job_runs_total\{job="diary",outcome="success"\} [1-9]/m);
    expect(metrics).toMatch(/^cinecom_mcp_unconfirmed_changes_total\{tool="diary_append"\} [1-9]/m);
    daemon.kill('SIGTERM');
    expect(await daemon.ended).toBe(0);
  });

  it('names all that is wrong with its jobs before it runs any', async () => {
    await using bed = await diaryBed([
      job,
      { ...job, cron: '61 * * * *' },
      { name: 'wrong', cron: '@daily', tool: 'diary_apend', zone: 'Mars/Olympus', notfy: [] },
      { name: 'asks', cron: '@daily', tool: 'diary_append', input: { slow: 'very' } },
    ]);
    const { code, err } = await bed.run('daemon');
    expect(code).toBe(2);
    expect(err).toMatch(/job diary: name: another job is called diary too/);
    expect(err).toMatch(/job diary: cron: .*five fields/);
    expect(err).toMatch(/job wrong: zone: expected an IANA time zone/);
    expect(err).toMatch(/job wrong: notfy: no such key\. Did you mean notify\?/);
    expect(err).toMatch(/job asks: confirm: diary_append changes something .* set confirm: never/);
    expect(err).toMatch(/job asks: input: slow: /);
    expect(await bed.lines()).toBe(0);
  });

  it('does not run without the jobs that one unset variable takes away', async () => {
    await using bed = await diaryBed([job, { ...job, name: 'tells', notify: [{ to: 'slack', url: '${UNSET_HOOK}' }] }]);
    for (const command of ['daemon', 'jobs']) {
      const { code, err } = await bed.run(command);
      expect(code).toBe(2);
      expect(err).toMatch(/jobs: .*uses UNSET_HOOK, which is not set/);
    }
    expect((await bed.run('check')).out).toMatch(/^FAILED +jobs +.*UNSET_HOOK/m);
  });

  it('ends at once at a second signal, and its run is told as unknown at the next start', async () => {
    await using bed = await diaryBed([{ ...job, input: { slow: 60_000 }, timeout: 100 }]);
    const daemon = await bed.start();
    while ((await bed.ticks()).begun.length === 0) await sleep(20);
    const [first] = (await bed.ticks()).begun;
    daemon.kill('SIGTERM');
    daemon.kill('SIGINT');
    expect(await daemon.ended).toBe(130);
    expect((await bed.run('jobs')).out).toMatch(/unknown, the daemon ended in the middle of it/);
    const next = await bed.start();
    await next.says(/what it did is unknown/);
    while ((await bed.ticks()).unknown.length === 0) await sleep(20);
    next.kill('SIGTERM');
    next.kill('SIGINT');
    expect(await next.ended).toBe(130);
    expect((await bed.ticks()).unknown).toEqual([first]);
  });

  it('runs the own part of its server under the same lock and ends it with its jobs', async () => {
    await using bed = await diaryBed([job]);
    const daemon = await bed.start('--own-part', 'works');
    await daemon.says(/own part begins/);
    expect((await bed.run('daemon', '--own-part', 'works')).err).not.toContain('own part begins');
    daemon.kill('SIGTERM');
    expect(await daemon.ended).toBe(0);
    expect(daemon.stderr()).toMatch(/own part has ended/);
  });

  it('ends when the own part of its server fails, so that whoever watches it starts it anew', async () => {
    await using bed = await diaryBed([job]);
    const daemon = await bed.start('--own-part', 'fails');
    expect(await daemon.ended).toBe(1);
    expect(daemon.stderr()).toMatch(/own part has failed: Error: no gateway/);
  });

  it('cancels at its end what goes on for more than 10 s, records that, and leaves with 0', async () => {
    await using bed = await diaryBed([{ ...job, input: { slow: 40_000 }, timeout: 100 }]);
    const daemon = await bed.start();
    while ((await bed.ticks()).begun.length === 0) await sleep(20);
    daemon.kill('SIGTERM');
    expect(await daemon.ended).toBe(0);
    const { begun, ended, unknown } = await bed.ticks();
    expect([...ended, ...unknown]).toEqual(begun);
    expect((await bed.run('jobs')).out).toMatch(/^diary .* cancelled, 1\d(\.\d)? s/m);
    expect(await bed.lines()).toBe(0);
  });

  it('shows a run as failed whose receiver could not be told, and keeps its address to itself', async () => {
    const hush = ['services', 'T000', randomBytes(12).toString('hex')].join('/');
    const gone = createServer((_incoming, outgoing) => void outgoing.writeHead(404).end());
    await once(gone.listen(0, '127.0.0.1'), 'listening');
    try {
      const url = `http://127.0.0.1:${(gone.address() as AddressInfo).port}/${hush}`;
      await using bed = await diaryBed([{ ...job, notify: [{ to: 'webhook', url }] }]);
      const daemon = await bed.start();
      while ((await bed.ticks()).ended.length === 0) await sleep(20);
      daemon.kill('SIGTERM');
      expect(await daemon.ended).toBe(0);
      const { out } = await bed.run('jobs');
      expect(out).toMatch(/^diary .* failure, warning, .* webhook: status 404/m);
      const json = (await bed.run('jobs', '--json')).out;
      expect(json).toContain('"undelivered"');
      const check = (await bed.run('check')).out;
      const kept = (await readdir(bed.folder, { recursive: true, withFileTypes: true })).filter((entry) =>
        entry.isFile(),
      );
      const texts = await Promise.all(kept.map((file) => readFile(join(file.parentPath, file.name), 'utf8')));
      expect(texts.length).toBeGreaterThan(3);
      expect([...texts, daemon.stderr(), out, json, check].join('\n')).not.toContain(hush);
    } finally {
      gone.closeAllConnections();
      gone.close();
    }
  });
});
