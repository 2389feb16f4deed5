const passed = /^(PATH|HOME|TMPDIR|PGSSL[A-Z]*|PGPASSFILE|PGSERVICEFILE|PGSYSCONFDIR|KRB5[A-Z]*|SSL_CERT_(FILE|DIR))$/;

/** What a client program may know of our environment: where things lie, no secrets of others. Messages are in English. */
export function clientEnvironment(): Record<string, string> {
  const known = Object.entries(process.env).filter(
    (entry): entry is [string, string] => passed.test(entry[0]) && entry[1] !== undefined,
  );
  return { ...Object.fromEntries(known), LC_ALL: 'C', PGCONNECT_TIMEOUT: '10' };
}

/** What a scratch server may know: nearly nothing. */
export function serverEnvironment(): Record<string, string> {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' };
}
