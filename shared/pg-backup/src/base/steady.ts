import type { PrintOfPoint } from '../dump/print-of-point.ts';
import type { Fingerprint, SequencePrint } from '../fingerprint/types.ts';

/** A server writes ahead so many values of a sequence into the WAL; after recovery it goes on behind them (SEQ_LOG_VALS). */
const loggedAhead = 32n;

/**
 * What is known for certain of a physical copy that was made between two fingerprints of its source: what was the same before
 * and after has to be in it; what was not is named as unread, or as moving. Pure. Both are of one database, `before` read before the copy began, `after` when it had
 * ended.
 */
export function steadyPrint(before: Fingerprint, after: Fingerprint): Required<PrintOfPoint> {
  const relations: Record<string, Fingerprint['relations'][string]> = {};
  const unread: Record<string, string> = { ...before.unread };
  const names = new Set([...Object.keys(before.relations), ...Object.keys(after.relations)]);
  for (const name of names) {
    const [one, other] = [before.relations[name], after.relations[name]];
    if (one?.rows === other?.rows && one?.hash === other?.hash && one !== undefined) relations[name] = one;
    else unread[name] = `it changed while the backup was made: ${one?.rows ?? 0} rows became ${other?.rows ?? 0}`;
  }
  const moving = Object.keys(before.objects).flatMap((category) =>
    changedNames(before.objects[category] ?? {}, after.objects[category] ?? {}).map(
      (name) => [category, name] as const,
    ),
  );
  return {
    source: { ...withoutMoving(before, moving), relations, unread },
    sequencesAfter: Object.fromEntries(Object.entries(after.sequences).map(([name, print]) => [name, ahead(print)])),
    moving,
  };
}

/** A fingerprint without the definitions that are not to be compared. Pure. */
export function withoutMoving(print: Fingerprint, moving: Required<PrintOfPoint>['moving']): Fingerprint {
  const objects = Object.entries(print.objects).map(([category, digests]) => {
    const kept = Object.entries(digests).filter(
      ([name]) => !moving.some(([of, one]) => of === category && one === name),
    );
    return [category, Object.fromEntries(kept)] as const;
  });
  return { ...print, objects: Object.fromEntries(objects) };
}

function changedNames(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => before[name] !== after[name]);
}

function ahead(print: SequencePrint): SequencePrint {
  return { ...print, value: String(BigInt(print.value) + loggedAhead * BigInt(print.increment)) };
}
