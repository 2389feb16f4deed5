import type { Reader } from '../reader.ts';

const ownPath = `SELECT pg_catalog.set_config('search_path', 'pg_catalog', false)`;

/** What the role's sessions find unqualified names in, as the server gives it to them. */
export async function rolePath({ row }: Reader): Promise<string> {
  const { path } = await row<{ path: string }>(
    `SELECT reset_val AS path FROM pg_catalog.pg_settings WHERE name = 'search_path'`,
  );
  return path;
}

/** Oid of a relation named as SQL names it, found as the role's own sessions would find it. */
export async function resolveRelation(reader: Reader, name: string): Promise<string | undefined> {
  await setPath(reader, await rolePath(reader));
  try {
    // Qualified in every word: under this path an object of a user could stand in for a built-in one.
    const { oid } = await reader.row<{ oid: string | null }>(
      'SELECT pg_catalog.to_regclass($1)::pg_catalog.oid::pg_catalog.text AS oid',
      [name],
    );
    await reader.rows(ownPath);
    return oid ?? undefined;
  } catch (error) {
    // In a transaction this is refused after an error, and its end takes the path away as well.
    await reader.rows(ownPath).catch(() => undefined);
    throw error;
  }
}

export async function setPath({ rows }: Reader, path: string): Promise<void> {
  await rows(`SELECT pg_catalog.set_config('search_path', $1, false)`, [path]);
}
