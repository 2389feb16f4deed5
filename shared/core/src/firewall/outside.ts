import type * as z from 'zod';
import { quote } from './fence.ts';
import { walk } from './walk.ts';

const outsiders = new WeakSet<z.core.$ZodType>();
const persons = new WeakSet<z.core.$ZodType>();

/**
 * Marks a field whose text outsiders can write: log lines, row values, labels, messages. On an array, object or record
 * it marks every string within, keys of a record too.
 *
 * @returns a copy of the schema; what is derived from it later (`.min()`, `.optional()`, `.describe()`) stays marked
 */
export function outside<Schema extends z.ZodType>(schema: Schema): Schema {
  return remember(schema, outsiders);
}

/** Marks a field as personal data: the audit log encrypts it per subject. Same reach as `outside`. */
export function personal<Schema extends z.ZodType>(schema: Schema): Schema {
  return remember(schema, persons);
}

/**
 * Wraps the strings of a parsed value that its schema marks `outside()` in marks, for `closeFences` to find after rendering.
 *
 * @param value plain data; strings may differ from what the schema says (redacted), the shape may not
 * @returns a copy, and where outside text is: JSON pointers with `*` for every index and record key, each once
 */
export function markOutside(
  schema: z.ZodType,
  value: unknown,
): { readonly value: unknown; readonly paths: readonly string[] } {
  const paths = new Set<string>();
  const marked = walk(schema, value, isMarkedBy(outsiders), (text, path) => {
    if (typeof text !== 'string') return text;
    if (text !== '') paths.add(pointer(path.map((step) => (step.wild ? '*' : step.name))));
    return quote(text);
  });
  return { value: marked, paths: [...paths] };
}

/** JSON pointers of the strings and numbers of a parsed value that its schema marks `personal()`: exact, so that they can be read. */
export function personalPaths(schema: z.ZodType, value: unknown): readonly string[] {
  const paths = new Set<string>();
  walk(schema, value, isMarkedBy(persons), (found, path) => {
    paths.add(pointer(path.map((step) => step.name)));
    return found;
  });
  return [...paths];
}

function remember<Schema extends z.ZodType>(schema: Schema, set: WeakSet<z.core.$ZodType>): Schema {
  const copy = schema.clone();
  set.add(copy);
  return copy;
}

function isMarkedBy(set: WeakSet<z.core.$ZodType>): (schema: z.core.$ZodType) => boolean {
  return (schema) => {
    // Zod copies a schema on every further check or description and links the copy to its origin.
    for (let at: z.core.$ZodType | undefined = schema; at !== undefined; at = at._zod.parent) {
      if (set.has(at)) return true;
    }
    return false;
  };
}

function pointer(names: readonly string[]): string {
  return names.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
