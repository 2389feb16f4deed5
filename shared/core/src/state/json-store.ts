import { join } from 'node:path';
import type { Json } from '../define/plan.ts';
import { ToolError } from '../errors/tool-error.ts';
import { privateFolder, readText, replaceFile } from './files.ts';
import type { JsonStore } from './state.ts';

const maxBytes = 16 * 1024 * 1024;

/**
 * Small JSON files in `folder`, which is created by the first write. Writes to one name happen in the order asked for.
 *
 * `read` throws ToolError `state_unavailable` for a damaged file, and `write` when the folder cannot be written; both
 * throw RangeError for a bad name or more than 16 MiB.
 */
export function jsonStore(folder: string): JsonStore {
  const pending = new Map<string, Promise<void>>();
  return {
    async read(name) {
      const text = await readText(pathOf(folder, name));
      return text === undefined ? undefined : parse(text, pathOf(folder, name));
    },
    async write(name, value) {
      const path = pathOf(folder, name);
      const text = JSON.stringify(value);
      if (Buffer.byteLength(text) > maxBytes) throw new RangeError(`"${name}" exceeds ${maxBytes} bytes`);
      const store = async (): Promise<void> => {
        await privateFolder(folder);
        await replaceFile(path, text);
      };
      // A failed earlier write is its own caller's news.
      const turn = (pending.get(name) ?? Promise.resolve()).then(store, store);
      pending.set(name, turn);
      try {
        await turn;
      } finally {
        if (pending.get(name) === turn) pending.delete(name);
      }
    },
  };
}

function pathOf(folder: string, name: string): string {
  if (!/^[a-z0-9-]{1,64}$/.test(name))
    throw new RangeError(`"${name}" is no store name: [a-z0-9-], 1 to 64 characters`);
  return join(folder, `${name}.json`);
}

function parse(text: string, path: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new ToolError('state_unavailable', `a state file is damaged: ${path}`, {
      hint: 'Move the file away; it is made anew.',
      cause,
    });
  }
}
