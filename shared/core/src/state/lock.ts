import { hostname } from 'node:os';
import { join } from 'node:path';
import { createFile, namesIn, privateFolder, readText, removeFile, replaceFile } from './files.ts';
import { lives, type Owner, thisProcess } from './owner.ts';

/** How often a daemon shows that it is alive, and after how long without it another may take over. */
export const beatMs = 10_000;
const staleMs = 3 * beatMs;

/** Held by one process over one folder. */
export interface Lock {
  /** Higher than that of every holder before it over this folder. */
  readonly generation: number;
  /** Shows that this process is alive. @returns false when another has taken over: then nothing may be begun any more */
  beat(): Promise<boolean>;
  release(): Promise<void>;
}

interface Holder {
  readonly owner: Owner;
  /** UTC ms. */
  readonly beat: number;
  /** Given back. The file stays: a generation that came again would be taken for its own by a daemon that slept through both. */
  readonly released?: true;
}

export type Acquired =
  | { readonly kind: 'lock'; readonly lock: Lock }
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
  const holder = await holderOf(folder, now());
  if (holder !== undefined) return { kind: 'held', ...holder };
  const own = (await newestOf(folder)) + 1;
  const content = (more: Partial<Holder> = {}): string => JSON.stringify({ owner, beat: now(), ...more });
  // Created, but no longer the highest: somebody else took over between the look and the deed.
  if (!(await createFile(pathOf(folder, own), content())) || (await newestOf(folder)) !== own) {
    const winner = await holderOf(folder, now());
    return { kind: 'held', pid: winner?.pid ?? 0, host: winner?.host ?? 'unknown' };
  }
  for (const old of await generations(folder)) if (old < own) await removeFile(pathOf(folder, old));
  const replace = async (more?: Partial<Holder>): Promise<boolean> => {
    if ((await newestOf(folder)) !== own) return false;
    await replaceFile(pathOf(folder, own), content(more));
    return true;
  };
  return {
    kind: 'lock',
    lock: {
      generation: own,
      beat: () => replace(),
      release: async () => void (await replace({ released: true })),
    },
  };
}

/** The daemon that holds the lock and shows signs of life. @param now UTC ms */
export async function holderOf(folder: string, now: number): Promise<Pick<Owner, 'pid' | 'host'> | undefined> {
  const newest = await newestOf(folder);
  const holder = newest === 0 ? undefined : await readHolder(folder, newest);
  if (holder === undefined || holder.released === true || now - holder.beat >= staleMs) return undefined;
  return (await mayLive(holder.owner)) ? { pid: holder.owner.pid, host: holder.owner.host } : undefined;
}

/** Of another host nothing is known but its beat. */
async function mayLive(owner: Owner): Promise<boolean> {
  return owner.host === hostname() ? lives(owner) : true;
}

function pathOf(folder: string, generation: number): string {
  return join(folder, `lock.${generation}`);
}

/** 0 when there was never a lock. */
async function newestOf(folder: string): Promise<number> {
  return (await generations(folder)).at(-1) ?? 0;
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
