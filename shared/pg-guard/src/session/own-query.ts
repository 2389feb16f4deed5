import type { ClientBase } from 'pg';

/**
 * Runs one text of ours by the extended protocol, all values as text.
 *
 * @param name keeps the statement prepared on the connection under this name, where the connection allows it
 */
export type OwnQuery = (
  text: string,
  values?: readonly unknown[],
  name?: string,
) => Promise<readonly Record<string, string | null>[]>;

const asText = { getTypeParser: () => (text: string) => text };

/**
 * @param prepared false where statements do not stay with the connection, as behind a pooler
 *
 * `pg` falls back to the simple protocol, which runs stacked statements, when there are no values: hence `queryMode`.
 */
export function createOwnQuery(client: ClientBase, prepared: boolean): OwnQuery {
  return async (text, values = [], name) => {
    const query = {
      text,
      values: [...values],
      types: asText,
      queryMode: 'extended',
      ...(prepared && name !== undefined && { name }),
    };
    const { rows } = await client.query<Record<string, string | null>>(query);
    return rows;
  };
}

/** Invalid or duplicate statement name: another connection answers than the one that prepared. */
export function isLostPreparation(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return code === '26000' || code === '42P05';
}
