import { join } from 'node:path';
import { createFile, namesIn, privateFolder, readText, removeFile, replaceFile } from './files.ts';
import type { Owner } from './owner.ts';
import type { OperationView } from './state.ts';

/** An operation as it lies on disk: the view and who runs it. */
export interface OperationRecord {
  readonly view: OperationView;
  readonly owner: Owner;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** One file an operation, `<id>.json`. Ids come from clients: anything but a UUIDv4 is unknown, never a path. */
export function operationFiles(folder: string) {
  const pathOf = (id: string): string => join(folder, `${id}.json`);

  async function read(id: string): Promise<OperationRecord | undefined> {
    const text = uuid.test(id) ? await readText(pathOf(id)) : undefined;
    return text === undefined ? undefined : parse(text);
  }

  return {
    read,
    async create(record: OperationRecord): Promise<void> {
      await privateFolder(folder);
      await createFile(pathOf(record.view.id), JSON.stringify(record));
    },
    async update(record: OperationRecord): Promise<void> {
      await replaceFile(pathOf(record.view.id), JSON.stringify(record));
    },
    remove: (id: string): Promise<void> => removeFile(pathOf(id)),
    async removeExpired(now: number): Promise<void> {
      for (const name of await namesIn(folder)) {
        const id = name.replace(/\.json$/, '');
        const record = await read(id);
        if (record && record.view.expiresAt <= now) await removeFile(pathOf(id));
      }
    },
  };
}

/** A damaged file is an operation nobody can tell about; it is left for a person to look at. */
function parse(text: string): OperationRecord | undefined {
  try {
    const record = JSON.parse(text) as Partial<OperationRecord> | null;
    const whole = typeof record?.view?.expiresAt === 'number' && typeof record.owner?.pid === 'number';
    return whole ? (record as OperationRecord) : undefined;
  } catch {
    // Its handle reads as unknown.
    return undefined;
  }
}
