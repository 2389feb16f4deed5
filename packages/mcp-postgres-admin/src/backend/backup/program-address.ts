/** The connection as an address that client programs of PostgreSQL take, whatever form the setting has. Holds the password. */
export async function programAddress(connection: string): Promise<string> {
  if (/^postgres(ql)?:/.test(connection)) return connection;
  const { default: pg } = await import('pg');
  const { host, port, user, password, database } = new pg.Client({ connectionString: connection });
  const url = new URL(`postgresql:///${encodeURIComponent(database ?? user ?? 'postgres')}`);
  const parts = { host, port: String(port), user, password };
  for (const [name, value] of Object.entries(parts)) if (value) url.searchParams.set(name, value);
  return url.href.replaceAll('+', '%20');
}
