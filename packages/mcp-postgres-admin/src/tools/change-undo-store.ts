import { type JsonStore, ToolError } from '@cinecom/mcp-core';
import type { RightsChange } from '../model/change.ts';

/** What takes back an applied change, and what has to be there for it. */
export type KeptUndo = {
  /** UTC ms. */
  readonly at: number;
  readonly systemId: string;
  readonly database: string;
  readonly changes: readonly RightsChange[];
  /** What each of `changes` alters, as the change left it. */
  readonly expected: readonly (readonly string[])[];
};

/** Keeps an undo. @returns its id */
export async function keepUndo(store: JsonStore, undo: KeptUndo): Promise<string> {
  const id = crypto.randomUUID();
  await store.write(`undo-${id}`, undo);
  return id;
}

/** @throws ToolError `backend_not_found` */
export async function readUndo(store: JsonStore, id: string): Promise<KeptUndo> {
  const found = (await store.read(`undo-${id}`)) as unknown as KeptUndo | null | undefined;
  if (found === undefined || found === null)
    throw new ToolError('backend_not_found', 'there is no such undo', {
      hint: 'The answer of the change that is to be taken back named its undoId; undone once, it is gone.',
    });
  return found;
}

export async function forgetUndo(store: JsonStore, id: string): Promise<void> {
  await store.write(`undo-${id}`, null);
}
