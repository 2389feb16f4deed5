import * as z from 'zod';

export interface Step {
  readonly name: string;
  /** An index, or a key of a record: one of many that share a schema. */
  readonly wild: boolean;
}
export type Path = readonly Step[];

type Visit = (value: string | number | bigint, path: Path) => unknown;

interface Walker {
  readonly isMarked: (schema: z.core.$ZodType) => boolean;
  readonly visit: Visit;
}

/**
 * Walks a Zod schema and a parsed value together and replaces each string and number that lies under a marked schema by
 * what `visit` makes of it. Keys of records lie there too, unless they are plain names: those can say nothing, and
 * renderers look them up.
 *
 * @returns a copy of the value
 */
export function walk(schema: z.core.$ZodType, value: unknown, isMarked: Walker['isMarked'], visit: Visit): unknown {
  return step(schema, value, [], { isMarked, visit });
}

function step(schema: z.core.$ZodType, value: unknown, path: Path, walker: Walker): unknown {
  if (value === undefined || value === null) return value;
  if (walker.isMarked(schema)) return everything(value, path, walker);
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'object') return fields(def, value, path, walker);
  if (def.type === 'record' || def.type === 'map') return entries(def, value, path, walker);
  if (def.type === 'array') return items(value, path, () => def.element, walker);
  if (def.type === 'set') return items(value, path, () => def.valueType, walker);
  if (def.type === 'tuple') return items(value, path, (index) => def.items[index] ?? def.rest ?? undefined, walker);
  if (def.type === 'union') return options(def.options, value, path, walker);
  if (def.type === 'intersection') return step(def.right, step(def.left, value, path, walker), path, walker);
  if (def.type === 'lazy') return step(def.getter(), value, path, walker);
  if (def.type === 'pipe') return step(def.out, step(def.in, value, path, walker), path, walker);
  return 'innerType' in def ? step(def.innerType, value, path, walker) : value;
}

/** Every string at and below a marked place. */
function everything(value: unknown, path: Path, walker: Walker): unknown {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') {
    return walker.visit(value, path);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item, index) => everything(item, at(path, index), walker));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      visitKey(key, path, walker),
      everything(item, [...path, { name: key, wild: true }], walker),
    ]),
  );
}

const plainName = /^[\w.$:/@-]{1,64}$/;

function visitKey(key: string, path: Path, walker: Walker): string {
  return plainName.test(key) ? key : String(walker.visit(key, path));
}

function fields(def: z.core.$ZodObjectDef, value: unknown, path: Path, walker: Walker): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const known = Object.hasOwn(def.shape, key) ? def.shape[key] : undefined;
      const inner = known ?? def.catchall;
      const next = [...path, { name: key, wild: known === undefined }];
      return [key, inner === undefined ? item : step(inner, item, next, walker)];
    }),
  );
}

function entries(
  def: { readonly keyType: z.core.$ZodType; readonly valueType: z.core.$ZodType },
  value: unknown,
  path: Path,
  walker: Walker,
): unknown {
  if (!isRecord(value)) return value;
  const keysMarked = walker.isMarked(def.keyType);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      keysMarked ? visitKey(key, path, walker) : key,
      step(def.valueType, item, [...path, { name: key, wild: true }], walker),
    ]),
  );
}

function items(
  value: unknown,
  path: Path,
  elementAt: (index: number) => z.core.$ZodType | undefined,
  walker: Walker,
): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((item: unknown, index) => {
    const element = elementAt(index);
    return element === undefined ? item : step(element, item, at(path, index), walker);
  });
}

/** The option that fits; where redaction or a transform left none that fits, all of them, since a mark too many is safe. */
function options(list: readonly z.core.$ZodType[], value: unknown, path: Path, walker: Walker): unknown {
  const fitting = list.find((option) => z.safeParse(option, value).success);
  if (fitting) return step(fitting, value, path, walker);
  return list.reduce((result, option) => step(option, result, path, walker), value);
}

function at(path: Path, index: number): Path {
  return [...path, { name: String(index), wild: true }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
