/** An answer's object: any field may be missing, null, or of another kind than expected. */
export type Fields = Readonly<Record<string, unknown>>;

const none: Fields = Object.freeze(Object.create(null) as Record<string, unknown>);

/** The value as an object; one without fields where it is none. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : none;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** A text, also of a number, as ids are told both ways; undefined for anything else and for an empty one. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined;
}

/** A finite number, also of a text, as counts are told both ways. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

export function flagOf(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** Beyond it there is no date, and to show one would fail. */
const lastMs = 8.64e15;

/** UTC ms of an ISO time, which Sentry means as UTC also without a zone, or of seconds since 1970. */
export function timeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Math.abs(value * 1000) <= lastMs ? value * 1000 : undefined;
  if (typeof value !== 'string') return undefined;
  const at = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(value) ? value : `${value}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** The texts of a list; what is none is left out. */
export function textsOf(value: unknown): readonly string[] {
  return listOf(value).flatMap((item) => textOf(item) ?? []);
}
