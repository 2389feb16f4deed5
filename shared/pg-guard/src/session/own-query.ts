import type { ClientBase } from 'pg';

const asText = { getTypeParser: () => (text: string) => text };

/**
 * Runs one text of ours by the extended protocol, all values as text.
 *
 * `pg` falls back to the simple protocol, which runs stacked statements, when there are no values: hence `queryMode`.
 */
export async function ownQuery(
  client: ClientBase,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Record<string, string | null>[]> {
  const query = { text, values: [...values], types: asText, queryMode: 'extended' };
  const { rows } = await client.query<Record<string, string | null>>(query);
  return rows;
}
