import { sameStates } from '../analysis/change/same.ts';
import { movedLines, undoOf } from '../analysis/change/undo.ts';
import type { ChangeCall, RightsObserved } from './change-plan-rights.ts';
import { forgetUndo, keepUndo } from './change-undo-store.ts';

/** Makes the planned changes, looks what they did, and keeps what takes them back. */
export async function applyRights(observed: RightsObserved, { backend, clock, signal, state }: ChangeCall) {
  const { changes, states, database, systemId } = observed;
  const after = await backend.perform(changes, states, database, signal);
  const undos = changes.map((change, index) => undoOf(change, states[index]!, after[index]!));
  const reverse = undos.toReversed().flatMap((undo, index) => {
    const own = after.toReversed()[index]?.own ?? [];
    return (undo ?? []).map((change) => ({ change, own }));
  });
  const undoable = reverse.length > 0 && !undos.includes(undefined);
  // The change stands whether or not its undo can be kept.
  const undoId = undoable
    ? await keepUndo(state.store, {
        at: clock.now(),
        systemId,
        database,
        changes: reverse.map(({ change }) => change),
        expected: reverse.map(({ own }) => own),
      }).catch(() => undefined)
    : undefined;
  if (observed.undoId !== '') await forgetUndo(state.store, observed.undoId).catch(() => undefined);
  const asPlanned = sameStates(after, observed.after);
  return {
    verdict: asPlanned ? ('ok' as const) : ('warning' as const),
    done: [...observed.statements],
    states: states.map((state, index) => {
      const moved = movedLines(state, after[index]!);
      return { before: moved.before.join(', ') || 'nothing', after: moved.after.join(', ') || 'nothing' };
    }),
    ...(undoId === undefined ? {} : { undoId }),
    ...noteOf(asPlanned, undoable, undoId),
  };
}

function noteOf(asPlanned: boolean, undoable: boolean, undoId: string | undefined): { note?: string } {
  if (!asPlanned) return { note: 'The result differs from what was tried: look with pg_privileges.' };
  if (undoable && undoId === undefined)
    return { note: 'The undo could not be kept: the state folder cannot be written.' };
  return {};
}
