import { isRead } from '../../model/part.ts';
import { storageKinds, type StorageReading } from '../../model/storage.ts';

/** For inputs: what storage can be told by. */
export const storageKindNames = storageKinds;

export interface StorageRow {
  readonly name: string;
  readonly bytes: number;
  /** Of all rows, 0–1. */
  readonly share: number;
  readonly change?: number;
}

/** What takes room, largest first, with what it took before; what is new grew from nothing. */
export function storageItems(
  { items }: Pick<StorageReading, 'items'>,
  then: ReadonlyMap<string, number> | undefined,
): readonly StorageRow[] {
  if (!isRead(items)) return [];
  const all = items.value.reduce((sum, item) => sum + item.bytes, 0);
  return items.value.map(({ name, bytes }) => ({
    name,
    bytes,
    share: all > 0 ? bytes / all : 0,
    ...(then === undefined ? {} : { change: bytes - (then.get(name) ?? 0) }),
  }));
}
