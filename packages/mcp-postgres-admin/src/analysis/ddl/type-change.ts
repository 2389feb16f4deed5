/** A type as `format_type` writes it, taken apart. */
interface TypeParts {
  readonly base: string;
  readonly modifiers: readonly number[];
}

const bases: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  bool: 'boolean',
  varchar: 'character varying',
  bpchar: 'character',
  varbit: 'bit varying',
  timestamptz: 'timestamp with time zone',
  timestamp: 'timestamp without time zone',
  timetz: 'time with time zone',
  time: 'time without time zone',
};

/** Canonical name of a type, however SQL called it. */
export function canonicalBase(name: string): string {
  return bases[name] ?? name;
}

/** `character varying(20)` → base and modifiers; `timestamp(3) without time zone`, too. */
export function typeParts(type: string): TypeParts {
  const found = /^([^(]+?)\s*(?:\(([\d, -]+)\))?((?: with| without) time zone)?$/.exec(type.trim());
  if (found === null) return { base: type, modifiers: [] };
  const modifiers = (found[2] ?? '')
    .split(',')
    .filter((one) => one.trim() !== '')
    .map(Number);
  return { base: canonicalBase(`${found[1] ?? ''}${found[3] ?? ''}`), modifiers };
}

/**
 * Whether ALTER COLUMN TYPE leaves the rows as they are: the server skips the rewrite when the bytes of every value fit
 * already.
 *
 * @see the manual of ALTER TABLE, Notes; `ATColumnChangeRequiresRewrite` of the server
 */
export function keepsRows(before: TypeParts, after: TypeParts): boolean {
  const [from, to] = [before.base, after.base];
  if (from === to) return modifiersWiden(from, before.modifiers, after.modifiers);
  if (from === 'character varying' && to === 'text') return true;
  if (from === 'text' && to === 'character varying') return after.modifiers.length === 0;
  return from === 'cidr' && to === 'inet';
}

function modifiersWiden(base: string, before: readonly number[], after: readonly number[]): boolean {
  if (String(before) === String(after)) return true;
  if (base === 'character varying' || base === 'bit varying' || base.startsWith('time')) {
    if (after.length === 0) return true;
    return before.length > 0 && (after[0] ?? 0) >= (before[0] ?? 0);
  }
  if (base !== 'numeric') return false;
  if (after.length === 0) return true;
  return before.length > 0 && (after[0] ?? 0) >= (before[0] ?? 0) && (after[1] ?? 0) === (before[1] ?? 0);
}
