import { join } from 'node:path';
import { createFile, namesIn, privateFolder, readText, removeFile, replaceFile } from '../state/files.ts';
import { lives, type Owner, thisProcess } from '../state/owner.ts';

/** How often a daemon shows that it is alive, and after how long without it another may take over. */
export const beatMs = 10_000;
const staleMs = 3 * beatMs;

/** Held by one daemon over one state folder. */
export interface DaemonLock {
  /** Shows that this daemon is alive. @returns false when another has taken over: then nothing may be begun any more */
  beat(): Promise<boolean>;
  release(): Promise<void>;
}

interface Holder {
  readonly owner: Owner;
  /** UTC ms. */
  readonly beat: number;
}

export type Acquired =
  | { readonly kind: 'lock'; readonly lock: DaemonLock }
  | { readonly kind: 'held'; readonly pid: number; readonly host: string };

/**
 * Takes the lock: files `lock.<generation>`, of which the highest counts. Who takes over creates the next one, which only one
 * can; a daemon that slept meanwhile sees it at its next beat.
 *
 * @param now UTC ms
 */
export async function acquireLock(folder: string, now: () => number): Promise<Acquired> {
  await privateFolder(folder);
  const owner = await thisProcess();
  const newest = (await generations(folder)).at(-1) ?? 0;
  const holder = newest === 0 ? undefined : await readHolder(folder, newest);
  if (holder !== undefined && now() - holder.beat < staleMs && (await mayLive(holder.owner))) {
    return { kind: 'held', pid: holder.owner.pid, host: holder.owner.host };
  }
  const own = newest + 1;
  const content = (): string => JSON.stringify({ owner, beat: now() } satisfies Holder);
  if (!(await createFile(pathOf(folder, own), content()))) {
    const winner = await readHolder(folder, own);
    return { kind: 'held', pid: winner?.owner.pid ?? 0, host: winner?.owner.host ?? 'unknown' };
  }
  for (const old of await generations(folder)) if (old < own) await removeFile(pathOf(folder, old));
  return {
    kind: 'lock',
    lock: {
      async beat() {
        if ((await generations(folder)).at(-1) !== own) return false;
        await replaceFile(pathOf(folder, own), content());
        return true;
      },
      release: () => removeFile(pathOf(folder, own)),
    },
  };
}

/** Of another host nothing is known but its beat. */
async function mayLive(owner: Owner): Promise<boolean> {
  const { host } = await thisProcess();
  return owner.host === host ? lives(owner) : true;
}

function pathOf(folder: string, generation: number): string {
  return join(folder, `lock.${generation}`);
}

/** Ascending. */
async function generations(folder: string): Promise<readonly number[]> {
  const found = (await namesIn(folder)).map((name) => /^lock\.([1-9]\d{0,14})$/.exec(name)?.[1]);
  return found
    .filter((generation) => generation !== undefined)
    .map(Number)
    .toSorted((left, right) => left - right);
}

async function readHolder(folder: string, generation: number): Promise<Holder | undefined> {
  try {
    return JSON.parse((await readText(pathOf(folder, generation))) ?? '') as Holder;
  } catch {
    // Gone meanwhile, or damaged: nobody's.
    return undefined;
  }
}
