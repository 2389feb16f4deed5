import type { State } from '@cinecom/mcp-core';
import * as z from 'zod';

const store = 'rule-backups';
const mostBackups = 30;
/** Of all texts together: a state file holds 16 MiB. */
const mostCharacters = 4_000_000;

const backup = z.strictObject({
  /** `2026-03-01T04:05:06Z-1`. */
  id: z.string(),
  path: z.string(),
  hash: z.string(),
  text: z.string(),
  at: z.number(),
  comment: z.string(),
  /** Set while the file is being changed: what is still set at a start was cut off. */
  unfinished: z.boolean(),
});
export type RuleBackup = z.output<typeof backup>;

/** Files as they were before each edit, newest first. */
export async function readBackups({ store: files }: Pick<State, 'store'>): Promise<readonly RuleBackup[]> {
  const kept = z.array(backup).safeParse(await files.read(store));
  return kept.success ? kept.data : [];
}

/** Keeps a file before it is changed; older ones than thirty go, and what is too much together. */
export async function keepBackup(state: Pick<State, 'store'>, added: RuleBackup): Promise<void> {
  const others = (await readBackups(state)).filter(({ id }) => id !== added.id);
  let characters = 0;
  const kept = [added, ...others].slice(0, mostBackups).filter(({ text }, index) => {
    characters += text.length;
    return index === 0 || characters <= mostCharacters;
  });
  await state.store.write(store, kept);
}

/** Files that are loaded as they stand end what was cut off before: of one path, or of all. */
export async function endCutOff(state: Pick<State, 'store'>, path?: string): Promise<void> {
  const all = await readBackups(state);
  const isOver = (one: RuleBackup) => one.unfinished && (path === undefined || one.path === path);
  if (!all.some(isOver)) return;
  await state.store.write(
    store,
    all.map((one) => (isOver(one) ? { ...one, unfinished: false } : one)),
  );
}

/** The edit that was cut off, if there is one. */
export async function unfinishedEdit(state: Pick<State, 'store'>): Promise<RuleBackup | undefined> {
  return (await readBackups(state)).find(({ unfinished }) => unfinished);
}
