import { bytes, type Plan, quote, ToolError } from '@cinecom/mcp-core';
import type { SlotPicture } from '../model/change.ts';
import type { ChangeCall } from './change-plan-rights.ts';

export type SlotObserved = { readonly kind: 'slot'; readonly name: string; readonly position: string };

/** Describes the end of a replication slot: what is freed, and what is lost for good. */
export async function planSlot(name: string | undefined, { backend, signal }: ChangeCall): Promise<Plan<SlotObserved>> {
  if (name === undefined)
    throw new ToolError('invalid_input', 'object: drop_slot needs it', {
      hint: 'The name of the slot, as pg_replication_slots has it.',
    });
  const slot = await backend.slot(name, signal);
  if (slot === undefined)
    throw new ToolError('backend_not_found', `there is no replication slot ${quote(name)}`, {
      hint: 'pg_replication lists them.',
    });
  if (slot.active)
    throw new ToolError('backend_conflict', `slot ${quote(name)} is in use: only inactive ones are dropped`, {
      hint: 'Nothing was done. Stop who uses it first, if it has to go.',
    });
  return {
    summary: `drop replication slot ${quote(name)}`,
    steps: [`pg_drop_replication_slot(${quote(name)}), only if it still is inactive and has not been used meanwhile`],
    targets: [{ type: 'slot', id: name }],
    warnings: warningsOf(slot),
    undo: 'none: a new slot starts from now, what the old one kept is gone',
    observed: { kind: 'slot', name, position: slot.position },
  };
}

function warningsOf({ kind, plugin, database, retainedBytes, walStatus }: SlotPicture): readonly string[] {
  const kept =
    retainedBytes === null ? 'It keeps no WAL' : `It keeps ${bytes(retainedBytes)} of WAL (${walStatus ?? 'unknown'})`;
  const lost =
    kind === 'logical'
      ? `Its subscriber (${plugin ?? 'unknown'}, database ${quote(database ?? 'unknown')}) loses its place and has to copy its tables anew.`
      : 'A standby that was to return to it has to be rebuilt once that WAL is recycled.';
  return [`${kept}, which is freed at the next checkpoint.`, lost];
}
