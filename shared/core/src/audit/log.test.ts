import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Json } from '../define/plan.ts';
import { isToolError } from '../errors/tool-error.ts';
import {
  type Anchor,
  type AuditEvent,
  type AuditLog,
  deleteSealed,
  type LogEntry,
  openLog,
  proveRecord,
  readLog,
  registerAnchor,
  verifyLog,
  verifyProof,
  type VerifyReport,
} from './index.ts';
import { openLogWith, type OpenLogOptions } from './open-log.ts';
import { fileIo, type SegmentIo } from './write/segment-io.ts';

const dayMs = 86_400_000;
const key = randomBytes(32).toString('base64');
let base: string;
let dir: string;
let marksDir: string;
let now: number;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'audit-log-'));
  dir = join(base, 'audit');
  marksDir = join(base, 'marks');
  now = Date.UTC(2026, 10, 25, 12);
});
afterEach(() => rmSync(base, { recursive: true }));

const options = (more: Partial<OpenLogOptions> = {}): OpenLogOptions => ({
  dir,
  marksDir,
  server: 'mcp-test',
  version: '1.2.3',
  host: 'box',
  key,
  clock: { now: () => (now += 1) },
  ...more,
});
const open = (more: Partial<OpenLogOptions> = {}): Promise<AuditLog> => openLog(options(more));
const verify = (): Promise<VerifyReport> => verifyLog({ dir, marksDir, key });
const call = (id: string, type: AuditEvent['type'] = 'call'): AuditEvent => ({
  id,
  type,
  action: { server: 'mcp-test', tool: 'restart' },
});

async function entries(more: Partial<Parameters<typeof readLog>[0]> = {}): Promise<LogEntry[]> {
  const found: LogEntry[] = [];
  for await (const entry of readLog({ dir, ...more })) found.push(entry);
  return found;
}

const segments = (): string[] =>
  readdirSync(dir)
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted();
const detail = (entry: LogEntry | undefined): Record<string, Json> =>
  (entry?.event.detail ?? {}) as Record<string, Json>;

/** Makes the dead writer of a copied folder look dead: its process is this one, which lives. */
function killed(): void {
  for (const name of readdirSync(dir)) if (name.endsWith('.open')) writeFileSync(join(dir, name), '{}');
}

test('a log begins with log.start, ends with log.stop and a checkpoint, and is private', async () => {
  const log = await open({ start: { settings: 'digest' } });
  await log.record(call('one'));
  await log.close('end of test');
  const all = await entries();
  expect(all.map(({ event }) => event.type)).toEqual(['log.start', 'call', 'log.stop', 'checkpoint']);
  expect(detail(all[0])).toMatchObject({
    host: 'box',
    pid: process.pid,
    versions: { server: 'mcp-test', version: '1.2.3' },
    signed: true,
    vkey: expect.stringMatching(/^cinecom\.local\/audit\/box\+/) as string,
    unfinished: [],
    start: { settings: 'digest' },
  });
  expect(segments()).toEqual([expect.stringMatching(/^20261125T1200\d{5}Z-[0-9A-Z]{26}-0000\.jsonl$/)]);
  expect(statSync(dir).mode & 0o777).toBe(0o700);
  for (const name of segments()) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
  expect(await verify()).toMatchObject({
    verdict: 'ok',
    ok: true,
    signed: true,
    anchored: true,
    records: 4,
    unfinished: [],
  });
});

test('closing twice, and recording after the end, do no harm', async () => {
  const log = await open();
  await Promise.all([log.close('one'), log.close('two')]);
  log.closeSync('three', []);
  expect(await log.record(call('late'))).toEqual({ written: false });
  expect((await verify()).records).toBe(3);
});

test('an unsigned log says so, and still has its chain, tree and mark', async () => {
  const log = await open({ key: undefined });
  expect([log.signed, log.tag({ a: 1 })]).toEqual([false, '']);
  await log.durable(call('one'));
  await log.close('end');
  const all = await entries();
  expect(detail(all[0])['signed']).toBe(false);
  expect(all.every(({ line }) => line.endsWith(',"m":""}') && line.includes('"k":"none"'))).toBe(true);
  expect(await verifyLog({ dir, marksDir })).toMatchObject({ verdict: 'ok-unsigned', signed: false });
});

test('a checkpoint follows every 256 records, steps the key, and stands in its file', async () => {
  const log = await open();
  for (let index = 0; index < 600; index += 1) await log.record(call(`c${index}`));
  await log.close('end');
  const checkpoints = (await entries({ types: ['checkpoint'] })).map(({ n }) => n);
  expect(checkpoints).toEqual([256, 513, 604]);
  expect(readFileSync(join(dir, `${log.writer}.checkpoint`), 'utf8')).toMatch(
    new RegExp(
      `^cinecom\\.local/audit/box/${log.writer}\\n604\\n[A-Za-z0-9+/]{43}=\\n\\n\u2014 cinecom\\.local/audit/box [A-Za-z0-9+/=]+\\n$`,
    ),
  );
  expect(await verify()).toMatchObject({
    verdict: 'ok',
    writers: [{ signedRecords: 604, vouchedRecords: 605, closed: true }],
  });
});

test('a new segment begins with the UTC day and at 64 MiB, naming the one before', async () => {
  const log = await open();
  await log.record(call('one'));
  now += dayMs;
  await log.record(call('two'));
  const big = 'x'.repeat(59_000);
  for (let index = 0; index < 1_150; index += 1) await log.record({ id: 'big', type: 'call', args: big });
  await log.close('end');
  const names = segments();
  expect(names).toHaveLength(3);
  for (const name of names) expect(statSync(join(dir, name)).size).toBeLessThanOrEqual(64 * 1024 * 1024);
  const rotations = (await entries({ types: ['log.rotate'] })).map((entry) => detail(entry));
  expect(rotations).toEqual([
    { reason: 'day', previous: { segment: names[0], size: statSync(join(dir, names[0] ?? '')).size } },
    { reason: 'size', previous: { segment: names[1], size: statSync(join(dir, names[1] ?? '')).size } },
  ]);
  expect((await verify()).verdict).toBe('ok');
});

test('a change that never ended is named by the next start, by check and by verify, until it is acknowledged', async () => {
  const log = await open();
  for (let index = 0; index < 300; index += 1) await log.record(call(`before${index}`));
  await log.durable(call('open early', 'call.begin'));
  for (let index = 0; index < 600; index += 1) await log.record(call(`c${index}`));
  await log.durable(call('ended', 'call.begin'));
  await log.durable(call('ended', 'call.end'));
  await log.durable(call('open late', 'call.begin'));
  cpSync(base, `${base}-copy`, { recursive: true });
  await log.close('end');
  rmSync(base, { recursive: true });
  cpSync(`${base}-copy`, base, { recursive: true });
  rmSync(`${base}-copy`, { recursive: true });
  killed();
  const next = await open();
  expect(next.unfinished.map(({ id, tool }) => [id, tool])).toEqual([
    ['open early', 'restart'],
    ['open late', 'restart'],
  ]);
  const report = await verify();
  expect([report.verdict, report.unfinished.map(({ id }) => id)]).toEqual(['ok', ['open early', 'open late']]);
  expect(report.words).toContain('2 changes began and have no known outcome');
  await next.durable({ id: 'r', type: 'review', detail: { acknowledge: ['open early'] } });
  await next.close('end');
  expect((await verify()).unfinished.map(({ id }) => id)).toEqual(['open late']);
  expect(detail((await entries({ writer: next.writer }))[0])['unfinished']).toHaveLength(2);
});

test('log.start names the log before it, so that its removal shows', async () => {
  const first = await open();
  await first.close('end');
  const second = await open();
  await second.close('end');
  const [start] = await entries({ writer: second.writer });
  expect(detail(start)['previous']).toMatchObject({
    writer: first.writer,
    size: 3,
    note: expect.stringContaining(first.writer) as string,
  });
  for (const folder of [dir, marksDir])
    for (const name of readdirSync(folder)) if (name.includes(first.writer)) rmSync(join(folder, name));
  expect((await verify()).verdict).toBe('missing-writer');
});

test('an acknowledged truncation stays truncation, and is called acknowledged', async () => {
  const first = await open();
  for (let index = 0; index < 10; index += 1) await first.record(call(`c${index}`));
  await first.close('end');
  const path = join(dir, segments()[0] ?? '');
  writeFileSync(path, `${readFileSync(path, 'utf8').split('\n').slice(0, 6).join('\n')}\n`);
  expect(await verify()).toMatchObject({ verdict: 'truncated', firstProblem: { acknowledged: false, n: 6 } });
  const second = await open();
  await second.durable({ id: 'r', type: 'review', detail: { acknowledge: [first.writer] } });
  await second.close('end');
  expect(await verify()).toMatchObject({ verdict: 'truncated', ok: false, firstProblem: { acknowledged: true } });
});

test('a dying process writes the end of its open calls at once', async () => {
  const log = await open();
  const begun = call('change', 'call.begin');
  await log.durable(begun);
  log.closeSync('SIGTERM', [begun]);
  const report = await verify();
  expect(report).toMatchObject({
    verdict: 'ok',
    writers: [{ closed: true }],
    unfinished: [{ id: 'change', why: 'ended with unknown outcome' }],
  });
  expect((await entries()).map(({ event }) => event.type)).toEqual([
    'log.start',
    'call.begin',
    'call.end',
    'log.stop',
    'checkpoint',
  ]);
});

test('several processes write one folder at once', async () => {
  const logs = await Promise.all([open(), open(), open()]);
  await Promise.all(
    logs.flatMap((log) => Array.from({ length: 50 }, (_, index) => log.durable(call(`${log.writer}-${index}`)))),
  );
  expect((await verify()).ok).toBe(true);
  await Promise.all(logs.map((log) => log.close('end')));
  expect(await verify()).toMatchObject({ verdict: 'ok', records: 3 * 53 });
});

/** File operations of which tests can make some fail. */
function faultyIo(): { io: SegmentIo; fault: { write?: number; sync?: boolean; create?: boolean } } {
  const fault: { write?: number; sync?: boolean; create?: boolean } = {};
  const full = (): Error => Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  const io: SegmentIo = {
    ...fileIo,
    create(path) {
      if (fault.create === true) throw full();
      return fileIo.create(path);
    },
    write(file, bytes) {
      if (fault.write === undefined) return fileIo.write(file, bytes);
      if (fault.write <= 0) throw full();
      const part = bytes.subarray(0, fault.write);
      fault.write -= part.length;
      return fileIo.write(file, part);
    },
    sync: (file) => (fault.sync === true ? Promise.reject(full()) : fileIo.sync(file)),
    syncNow(file) {
      if (fault.sync === true) throw full();
      fileIo.syncNow(file);
    },
  };
  return { io, fault };
}

test('with a full disk changes are refused, reads go on, and a gap tells later what is missing', async () => {
  const { io, fault } = faultyIo();
  const log = await openLogWith(options(), io);
  await log.record(call('before'));
  fault.write = 37;
  const refusal: unknown = await log.durable(call('change', 'call.begin')).catch((error: unknown) => error);
  expect(isToolError(refusal) && refusal.code).toBe('audit_unavailable');
  expect(await log.record(call('read'))).toEqual({ written: false });
  expect(log.status()).toMatchObject({ lost: 2, lastError: 'no space left on device' });
  delete fault.write;
  expect(await log.record(call('after'))).toEqual({ written: true });
  await log.durable(call('change 2'));
  await log.close('end');
  const types = (await entries()).map(({ event }) => event.type);
  expect(types).toEqual(['log.start', 'call', 'log.rotate', 'log.gap', 'call', 'call', 'log.stop', 'checkpoint']);
  expect(detail((await entries({ types: ['log.gap'] }))[0])).toMatchObject({ count: 2 });
  expect(await verify()).toMatchObject({ verdict: 'ok', writers: [{ lostRecords: 2, segments: 2 }] });
});

test('a log that cannot start leaves nothing behind, and starts once there is room', async () => {
  const { io, fault } = faultyIo();
  fault.write = 10;
  const refusal: unknown = await openLogWith(options(), io).catch((error: unknown) => error);
  expect(isToolError(refusal) && refusal.code).toBe('audit_unavailable');
  expect([...readdirSync(dir), ...readdirSync(marksDir)]).toEqual([]);
  delete fault.write;
  const log = await openLogWith(options(), io);
  await log.close('end');
  expect((await verify()).ok).toBe(true);
});

test('a disk that stays full litters no folder and tells no lies', async () => {
  const { io, fault } = faultyIo();
  const log = await openLogWith(options(), io);
  for (let round = 0; round < 10; round += 1) {
    fault.write = round * 20;
    await log.record(call(`lost ${round}`));
  }
  fault.create = true;
  await log.record(call('lost too'));
  expect(segments().length).toBeLessThanOrEqual(2);
  expect((await verify()).ok).toBe(true);
  delete fault.write;
  delete fault.create;
  await log.durable(call('again'));
  await log.close('end');
  expect(await verify()).toMatchObject({ verdict: 'ok', writers: [{ lostRecords: 11 }] });
});

test('records that a failed sync may have lost are written again', async () => {
  const { io, fault } = faultyIo();
  const log = await openLogWith(options(), io);
  await log.durable(call('safe'));
  fault.sync = true;
  await log.record(call('maybe lost'));
  await expect(log.durable(call('change', 'call.begin'))).rejects.toThrow('audit log cannot be written');
  delete fault.sync;
  await log.durable(call('later'));
  await log.close('end');
  expect((await entries()).map(({ event }) => event.id).filter((id) => id.length < 26)).toEqual([
    'safe',
    'maybe lost',
    'change',
    'later',
  ]);
  expect((await verify()).verdict).toBe('ok');
});

test('random faults at any time never break a log', async () => {
  for (let round = 0; round < 8; round += 1) {
    const { io, fault } = faultyIo();
    const log = await openLogWith(options(), io);
    for (let index = 0; index < 120; index += 1) {
      const dice = (index * 7 + round * 13) % 29;
      if (dice === 3) fault.write = round * 31;
      else if (dice === 5) fault.sync = true;
      else if (dice === 11) fault.create = true;
      else if (dice === 17) now += dayMs;
      else if (dice === 19 || dice === 9) for (const name of ['write', 'sync', 'create'] as const) delete fault[name];
      await log.record(call(`c${index}`));
      if (index % 3 === 0) await log.durable(call(`d${index}`)).catch(() => undefined);
    }
    for (const name of ['write', 'sync', 'create'] as const) delete fault[name];
    await log.durable(call('last'));
    await log.close('end');
    const report = await verify();
    expect([report.words, report.verdict]).toEqual([report.words, 'ok']);
  }
});

test('records read back merged over writers, by time, filtered', async () => {
  const [one, two] = [await open(), await open()];
  for (let index = 0; index < 20; index += 1) {
    await one.record(call(`one ${index}`));
    await two.record(call(`two ${index}`));
  }
  const middle = now;
  await one.record(call('late'));
  await Promise.all([one.close('end'), two.close('end')]);
  const all = await entries();
  expect(all.map(({ t }) => t)).toEqual(all.map(({ t }) => t).toSorted((left, right) => left - right));
  expect(all).toHaveLength(47);
  expect((await entries({ types: ['call'], since: middle })).map(({ event }) => event.id)).toEqual(['late']);
  expect(await entries({ writer: two.writer, until: middle })).toHaveLength(21);
});

test('a record is proven offline with the public key alone, and no changed record or proof passes', async () => {
  const log = await open();
  for (let index = 0; index < 300; index += 1) await log.record(call(`c${index}`));
  await log.close('end');
  for (const id of ['c0', 'c150', 'c299']) {
    const { proof, line, vkey, n, size } = await proveRecord({ dir, id });
    expect(verifyProof({ proof, line, vkey })).toMatchObject({ ok: true, index: n, size });
    expect(verifyProof({ proof, line: line.replace(id, `${id}x`), vkey }).ok).toBe(false);
    expect(verifyProof({ proof: proof.replace(/index \d+/, 'index 7'), line, vkey }).ok).toBe(false);
    expect(verifyProof({ proof, vkey }).words).toContain('must be given');
  }
  const whole = await proveRecord({ dir, id: 'c150', withRecord: true });
  expect(verifyProof(whole).ok).toBe(true);
  expect(verifyProof({ proof: whole.proof, vkey: whole.vkey }).ok).toBe(true);
  await expect(proveRecord({ dir, id: 'nowhere' })).rejects.toThrow('no record has the id');
});

test('anchors get each new checkpoint, their failures are recorded once, and what they hold is compared', async () => {
  const kept: string[] = [];
  let broken = true;
  let tried = (): void => undefined;
  const failed = new Promise<void>((resolve) => (tried = resolve));
  const anchor: Anchor = {
    name: 'paper',
    async publish(note) {
      tried();
      await Promise.resolve();
      if (broken) throw new Error('no ink');
      kept.push(note);
    },
    fetch: () => Promise.resolve(kept),
  };
  const log = await open();
  registerAnchor(log, anchor);
  for (let index = 0; index < 300; index += 1) await log.record(call(`c${index}`));
  await log.durable(call('x'));
  await failed;
  await new Promise(setImmediate);
  broken = false;
  await log.close('end');
  expect((await entries({ types: ['anchor'] })).map((entry) => detail(entry))).toEqual([
    { name: 'paper', size: 256, failure: 'no ink' },
  ]);
  expect(kept.at(-1)).toContain(`/${log.writer}\n`);
  const anchored = (): Promise<VerifyReport> => verifyLog({ dir, key, anchors: [anchor] });
  expect(await anchored()).toMatchObject({ verdict: 'ok', writers: [{ vouchedRecords: 305 }] });
  const path = join(dir, segments()[0] ?? '');
  writeFileSync(path, `${readFileSync(path, 'utf8').split('\n').slice(0, 100).join('\n')}\n`);
  rmSync(join(dir, `${log.writer}.checkpoint`));
  expect(await anchored()).toMatchObject({
    verdict: 'truncated',
    firstProblem: { words: expect.stringContaining('anchor paper') as string },
  });
});

test('retention deletes whole sealed segments only, and all later proofs and checks hold', async () => {
  const log = await open();
  for (let day = 0; day < 4; day += 1) {
    for (let index = 0; index < 150; index += 1) await log.record(call(`d${day}-${index}`));
    now += dayMs;
  }
  await log.record(call('last'));
  const names = segments();
  const hold = names[2] ?? '';
  const retention = { dir, marksDir, key, before: now + dayMs, now, isHeld: (name: string) => name === hold };
  expect((await deleteSealed(retention)).map(({ segment }) => segment)).toEqual(names.slice(0, 2));
  expect(await verify()).toMatchObject({ verdict: 'ok', writers: [{ deleted: 304 }] });
  await log.close('end');
  expect(await verify()).toMatchObject({ verdict: 'ok', writers: [{ closed: true }] });
  const { proof, line, vkey } = await proveRecord({ dir, id: 'd3-5' });
  expect(verifyProof({ proof, line, vkey }).ok).toBe(true);
  expect((await deleteSealed({ ...retention, isHeld: () => false, before: 0 })).length).toBe(0);
  await deleteSealed({ ...retention, isHeld: () => false });
  expect(segments()).toEqual([]);
  expect(await verify()).toMatchObject({ verdict: 'ok', writers: [{ deleted: 612, closed: true }] });
  expect(await verifyLog({ dir, marksDir, vkey })).toMatchObject({ verdict: 'ok-unanchored' });
});

test('a deletion cut short between hashes and file is finished by the next one', async () => {
  const log = await open();
  await log.record(call('one'));
  now += dayMs;
  await log.record(call('two'));
  await log.close('end');
  const [first = ''] = segments();
  const content = readFileSync(join(dir, first));
  const retention = { dir, marksDir, key, now, before: now + 1, isHeld: (name: string) => name !== first };
  await deleteSealed(retention);
  writeFileSync(join(dir, first), content);
  expect((await verify()).verdict).toBe('ok');
  expect(await deleteSealed(retention)).toHaveLength(1);
  expect(await verify()).toMatchObject({ verdict: 'ok', writers: [{ deleted: 3 }] });
});

test('deleted records cannot be passed off as lawfully deleted without the key', async () => {
  const log = await open();
  await log.record(call('one'));
  now += dayMs;
  await log.record(call('two'));
  await log.close('end');
  await deleteSealed({ dir, marksDir, key, now, before: now + 1, isHeld: (name) => name !== segments()[0] });
  const leaves = join(dir, `${log.writer}.leaves`);
  const text = readFileSync(leaves, 'utf8');
  for (const forged of [
    text.replace('"records":3', '"records":4'),
    text.replace('"box"', '"fox"'),
    text.replace(/\n[\w-]{22}\n/, '\n-\n'),
    text.replace(/\n[\w-]{43}\n/, `\n${'A'.repeat(43)}\n`),
  ]) {
    writeFileSync(leaves, forged);
    expect([forged, (await verify()).ok]).toEqual([forged, false]);
  }
  await expect(deleteSealed({ dir, marksDir, key, now, before: now, isHeld: () => false })).rejects.toThrow(
    'does not verify',
  );
});
