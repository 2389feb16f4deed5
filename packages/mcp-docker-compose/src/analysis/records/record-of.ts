/** What a file or Compose told, before it is read. */
export type Raw = Readonly<Record<string, unknown>>;

/** An empty one for anything that is no record; lists are none. */
export function recordOf(value: unknown): Raw {
  return isRecord(value) ? value : {};
}

export function isRecord(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
