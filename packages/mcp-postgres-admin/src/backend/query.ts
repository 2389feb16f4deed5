import type { ClientBase } from 'pg';

/**
 * One statement of ours by the extended protocol.
 *
 * `pg` takes plain text, and text with an empty list of values, to the simple protocol, which runs stacked statements:
 * hence `queryMode`. Statements cast what they return to types that JavaScript holds exactly: float8, int4, text, bool, json.
 */
export async function query<Row>(
  client: ClientBase,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const config = { text, values: [...values], queryMode: 'extended' };
  const { rows } = await client.query(config);
  return rows as Row[];
}
