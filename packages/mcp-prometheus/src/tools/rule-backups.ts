import type { State } from '@cinecom/mcp-core';
import * as z from 'zod';

const store = 'rule-backups';
const mostBackups = 30;

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

/** Keeps a file before it is changed; older ones than thirty go. */
export async function keepBackup(state: Pick<State, 'store'>, added: RuleBackup): Promise<void> {
  const others = (await readBackups(state)).filter(({ id }) => id !== added.id);
  await state.store.write(store, [added, ...others].slice(0, mostBackups));
}

/** The edit that was cut off, if there is one. */
export async function unfinishedEdit(state: Pick<State, 'store'>): Promise<RuleBackup | undefined> {
  return (await readBackups(state)).find(({ unfinished }) => unfinished);
}
