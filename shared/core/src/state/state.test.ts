import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isToolError, ToolError } from '../errors/tool-error.ts';
import { stateDir } from './folder.ts';
import { openState, type OperationControl, type StateOptions } from './state.ts';

let root: string;
let folders = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'state-'));
});
afterAll(() => rm(root, { recursive: true }));

function world(changed: Partial<StateOptions> = {}) {
  const faults: unknown[] = [];
  const made = { now: 1_800_000_000_000, faults, options: {} as StateOptions };
  made.options = {
    folder: join(root, String((folders += 1))),
    clock: { now: () => made.now },
    cacheTtlMs: undefined,
    evidence: async () => 'record-1',
    fault: (error) => faults.push(error),
    ...changed,
  };
  return made;
}

/** A folder nobody can create, root included. */
async function blockedFolder(): Promise<string> {
  const file = join(root, `file-${(folders += 1)}`);
  await writeFile(file, '');
  return join(file, 'state');
}

function gate<Value>() {
  let open: (value: Value) => void = () => {};
  const opened = new Promise<Value>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => (isToolError(error) ? error.code : `no ToolError: ${String(error)}`),
  );
}

describe('stateDir', () => {
  it('is below XDG_STATE_HOME, else below the home folder', () => {
    const home = { HOME: '/home/me' };
    expect(stateDir('mcp-x', home)).toBe('/home/me/.local/state/cinecom/mcp-x');
    expect(stateDir('mcp-x', { ...home, XDG_STATE_HOME: '/xdg' })).toBe('/xdg/cinecom/mcp-x');
  });

  it('passes over blank and relative values and variables that a client handed down unexpanded', () => {
    for (const unset of ['', '  ', 'state', '${XDG_STATE_HOME}', '/${X:-/tmp}/y', '$STATE']) {
      expect(stateDir('mcp-x', { HOME: '/home/me', XDG_STATE_HOME: unset })).toContain('/home/me');
    }
  });
});

describe('cached', () => {
  it('loads once within the lifetime and states the age', async () => {
    const made = world();
    const { cached } = openState(made.options);
    let loads = 0;
    const load = async () => (loads += 1);
    expect(await cached('a', 1000, load)).toEqual({ value: 1, ageMs: 0 });
    made.now += 999;
    expect(await cached('a', 1000, load)).toEqual({ value: 1, ageMs: 999 });
    made.now += 1;
    expect(await cached('a', 1000, load)).toEqual({ value: 2, ageMs: 0 });
    made.now -= 5000;
    expect(await cached('a', 1000, load)).toEqual({ value: 3, ageMs: 0 });
  });

  it('follows --cache-ttl upwards, and 0 always loads', async () => {
    const longer = world({ cacheTtlMs: 60_000 });
    const state = openState(longer.options);
    await state.cached('a', 1000, async () => 'old');
    longer.now += 59_000;
    expect(await state.cached('a', 1000, async () => 'new')).toEqual({ value: 'old', ageMs: 59_000 });
    const never = openState(world({ cacheTtlMs: 0 }).options);
    await never.cached('a', 1000, async () => 'old');
    expect(await never.cached('a', 1000, async () => 'new')).toEqual({ value: 'new', ageMs: 0 });
  });

  it('shares one load among callers who wait at the same time', async () => {
    const { cached } = openState(world().options);
    const { opened, open } = gate<string>();
    let loads = 0;
    const load = () => {
      loads += 1;
      return opened;
    };
    const waiting = [cached('a', 1000, load), cached('a', 1000, load), cached('a', 1000, load)];
    open('once');
    expect((await Promise.all(waiting)).map(({ value }) => value)).toEqual(['once', 'once', 'once']);
    expect(loads).toBe(1);
  });

  it('does not let one caller’s cancelled load fail the others, and keeps no failure', async () => {
    const { cached } = openState(world().options);
    const { opened, open } = gate<void>();
    const first = cached('a', 1000, async () => {
      await opened;
      throw new Error('cancelled');
    });
    const others = [cached('a', 1000, async () => 'mine'), cached('a', 1000, async () => 'also mine')];
    open();
    await expect(first).rejects.toThrow('cancelled');
    expect((await Promise.all(others)).map(({ value }) => value)).toEqual(['mine', 'mine']);
  });

  it('keeps the two hundred values used last', async () => {
    const { cached } = openState(world().options);
    let loads = 0;
    const use = (key: number) => cached(String(key), 1000, async () => (loads += 1));
    for (let key = 0; key < 200; key += 1) await use(key);
    await use(0);
    await use(200);
    expect(loads).toBe(201);
    await use(0);
    expect(loads).toBe(201);
    await use(1);
    expect(loads).toBe(202);
  });
});

describe('the JSON store', () => {
  it('reads back what was written, in private files, and nothing before', async () => {
    const { options } = world();
    const { store } = openState(options);
    expect(await store.read('snapshots')).toBeUndefined();
    await store.write('snapshots', { at: 1, rows: [null, 'a'] });
    expect(await openState(options).store.read('snapshots')).toEqual({ at: 1, rows: [null, 'a'] });
    expect((await stat(join(options.folder, 'store'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(options.folder, 'store', 'snapshots.json'))).mode & 0o777).toBe(0o600);
    expect(await readdir(join(options.folder, 'store'))).toEqual(['snapshots.json']);
  });

  it('keeps the last of many writes, and readers never see half of one', async () => {
    const { store } = openState(world().options);
    const text = (index: number) => String(index).repeat(10_000);
    const writes = Array.from({ length: 9 }, (_, index) => store.write('a', text(index)));
    const reads = await Promise.all(Array.from({ length: 20 }, () => store.read('a')));
    await Promise.all(writes);
    const whole = new Set<unknown>([undefined, ...Array.from({ length: 9 }, (_, index) => text(index))]);
    expect(reads.every((read) => whole.has(read))).toBe(true);
    expect(await store.read('a')).toBe(text(8));
  });

  it('takes no name that could be a path', async () => {
    const { store } = openState(world().options);
    for (const name of ['', '../a', 'A', 'a/b', 'a.b', 'x'.repeat(65)]) {
      await expect(store.read(name)).rejects.toThrow(RangeError);
      await expect(store.write(name, 1)).rejects.toThrow(RangeError);
    }
  });

  it('serves reads and refuses writes with the reason when the folder cannot be made', async () => {
    const { store } = openState(world({ folder: await blockedFolder() }).options);
    expect(await codeOf(store.write('a', 1))).toBe('state_unavailable');
    expect(await codeOf(store.write('a', 1))).toBe('state_unavailable');
  });

  it.skipIf(process.getuid?.() !== 0)('writes nothing into a folder that another user prepared', async () => {
    const { options } = world();
    await mkdir(join(options.folder, 'store'), { recursive: true });
    await chown(join(options.folder, 'store'), 65_534, 65_534);
    expect(await codeOf(openState(options).store.write('a', 1))).toBe('state_unavailable');
  });

  it('says which file is damaged', async () => {
    const { options } = world();
    const { store } = openState(options);
    await store.write('a', 1);
    await writeFile(join(options.folder, 'store', 'a.json'), '{"half":');
    await expect(store.read('a')).rejects.toThrow(/damaged: .*a\.json/);
  });
});

describe('operations', () => {
  /** Starts work that waits until it is told how to end. */
  async function started(made: ReturnType<typeof world>, lifetimeMs = 60_000) {
    const state = openState(made.options);
    const { opened, open } = gate<() => string>();
    const { opened: began, open: begin } = gate<OperationControl>();
    const view = await state.operations.start('restore-test', lifetimeMs, async (control) => {
      begin(control);
      const aborted = new Promise<never>((_, reject) => {
        control.signal.addEventListener('abort', () => reject(control.signal.reason as Error));
      });
      return (await Promise.race([opened, aborted]))();
    });
    return { state, id: view.id, view, control: await began, end: open };
  }

  async function ended(state: ReturnType<typeof openState>, id: string) {
    for (;;) {
      const view = await state.operations.read(id);
      if (view.status !== 'running') return view;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it('run on after the call, tell progress, and keep their result for other processes', async () => {
    const made = world();
    const { state, id, view, control, end } = await started(made);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(view).toMatchObject({ kind: 'restore-test', status: 'running', expiresAt: made.now + 60_000 });
    control.progress(3, 10, 'table 3 of 10');
    expect((await state.operations.read(id)).progress).toEqual({ done: 3, total: 10, text: 'table 3 of 10' });
    end(() => 'all there');
    expect(await ended(state, id)).toMatchObject({ status: 'succeeded', result: 'all there' });
    expect(await openState(made.options).operations.read(id)).toMatchObject({ status: 'succeeded' });
    expect((await stat(join(made.options.folder, 'operations', `${id}.json`))).mode & 0o777).toBe(0o600);
  });

  it('fail with the text of a ToolError, and without that of anything else', async () => {
    const made = world();
    const known = await started(made);
    known.end(() => {
      throw new ToolError('backend_error', 'the dump is empty');
    });
    expect((await ended(known.state, known.id)).error).toBe('backend_error: the dump is empty');
    const raw = await started(made);
    raw.end(() => {
      throw new Error(['password=', 'hunter2'].join(''));
    });
    const view = await ended(raw.state, raw.id);
    expect(view).toMatchObject({ status: 'failed', error: 'internal: a fault of this server, told on its stderr' });
    expect(made.faults).toHaveLength(1);
  });

  it('are cancelled down to their signal', async () => {
    const { state, id, control } = await started(world());
    expect(await state.operations.cancel(id)).toMatchObject({
      status: 'cancelled',
      error: 'the operation was cancelled',
    });
    expect(control.signal.aborted).toBe(true);
    expect(await state.operations.cancel(id)).toMatchObject({ status: 'cancelled' });
  });

  it('are unknown after their lifetime, which ends the work, and for what is no handle', async () => {
    const made = world();
    const { state, id, control } = await started(made);
    made.now += 60_000;
    expect(await codeOf(state.operations.read(id))).toBe('operation_unknown');
    expect(control.signal.aborted).toBe(true);
    for (const text of ['', '../../etc/passwd', '00000000-0000-4000-8000-000000000000', id.toUpperCase()]) {
      expect(await codeOf(state.operations.read(text))).toBe('operation_unknown');
      expect(await codeOf(state.operations.cancel(text))).toBe('operation_unknown');
    }
  });

  it('clean up files of expired ones when another starts', async () => {
    const made = world();
    const first = await started(made);
    first.end(() => 'done');
    await ended(first.state, first.id);
    made.now += 60_001;
    const second = await started(made);
    expect(await readdir(join(made.options.folder, 'operations'))).toEqual([`${second.id}.json`]);
    await second.state.operations.cancel(second.id);
  });

  it('start beside files that are damaged, and not once the server stops', async () => {
    const { options } = world();
    const state = openState(options);
    const id = randomUUID();
    const folder = join(options.folder, 'operations');
    await mkdir(folder, { recursive: true });
    for (const text of ['{}', 'null', '[]', '{"view":{}}', 'x']) {
      await writeFile(join(folder, `${id}.json`), text);
      const next = await openState(options).operations.start('scan', 60_000, async () => 1);
      expect(next.status).toBe('running');
      expect(await codeOf(openState(options).operations.read(id))).toBe('operation_unknown');
    }
    await state.close();
    let began = false;
    const work = async () => (began = true);
    expect(await codeOf(state.operations.start('scan', 60_000, work))).toBe('shutting_down');
    expect(began).toBe(false);
  });

  it('read as lost when the server ends, cleanly or not', async () => {
    const made = world();
    const clean = await started(made);
    await clean.state.close();
    expect(await openState(made.options).operations.read(clean.id)).toMatchObject({ status: 'lost' });

    const crashed = await started(made);
    expect(await openState(made.options).operations.read(crashed.id)).toMatchObject({ status: 'lost' });
    await crashed.state.operations.cancel(crashed.id);
  });

  it('read as running while another process lives, and as lost once it is gone', async () => {
    const made = world();
    const folder = join(made.options.folder, 'operations');
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const started =
      process.platform === 'linux' ? (await readFile(`/proc/${child.pid}/stat`, 'utf8')).split(' ')[21] : undefined;
    const id = '11111111-1111-4111-8111-111111111111';
    const view = { id, kind: 'dump', status: 'running', startedAt: made.now, expiresAt: made.now + 1000 };
    await mkdir(folder, { recursive: true });
    const record = (start: unknown) =>
      JSON.stringify({ view, owner: { instance: 'other', host: hostname(), pid: child.pid, started: start } });
    await writeFile(join(folder, `${id}.json`), record(started));
    const { operations } = openState(made.options);
    expect(await operations.read(id)).toMatchObject({ status: 'running' });
    expect(await codeOf(operations.cancel(id))).toBe('operation_unknown');
    await writeFile(join(folder, `${id}.json`), record('1'));
    expect(await operations.read(id)).toMatchObject({ status: 'lost' });
    await writeFile(join(folder, `${id}.json`), record(started));
    child.stdin.end();
    await once(child, 'exit');
    expect(await operations.read(id)).toMatchObject({ status: 'lost' });
  });

  it('are refused at the start when nothing can be written down', async () => {
    const { operations } = openState(world({ folder: await blockedFolder() }).options);
    let ran = false;
    const start = operations.start('dump', 1000, async () => {
      ran = true;
      return null;
    });
    expect(await codeOf(start)).toBe('state_unavailable');
    expect(ran).toBe(false);
  });

  it('finish and can be read in this process when the folder goes away meanwhile', async () => {
    const made = world();
    const { state, id, end } = await started(made);
    await rm(made.options.folder, { recursive: true });
    end(() => 'done');
    expect(await ended(state, id)).toMatchObject({ status: 'succeeded', result: 'done' });
  });
});

it('evidence goes to the audit log and gives its record', async () => {
  const seen: unknown[] = [];
  const state = openState(
    world({
      evidence: async (item) => {
        seen.push(item);
        return 'record-7';
      },
    }).options,
  );
  expect(await state.evidence({ backup: 'ok' })).toBe('record-7');
  expect(seen).toEqual([{ backup: 'ok' }]);
});
