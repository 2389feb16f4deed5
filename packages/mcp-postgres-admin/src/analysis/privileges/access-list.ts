const words: Readonly<Record<string, string>> = {
  r: 'SELECT',
  a: 'INSERT',
  w: 'UPDATE',
  d: 'DELETE',
  D: 'TRUNCATE',
  x: 'REFERENCES',
  t: 'TRIGGER',
  m: 'MAINTAIN',
  U: 'USAGE',
};

/**
 * Rights by grantee of an access list of a relation, as the server writes it: `{app=ar/owner,"\"my role\"=r/owner"}`.
 *
 * @see https://www.postgresql.org/docs/current/ddl-priv.html#PRIVILEGE-ABBREVS-TABLE
 */
export function rightsByGrantee(text: string): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const item of elements(text)) {
    const [, quoted, plain, letters] = /^(?:"((?:[^"]|"")*)"|([^=]*))=([^/]*)\//.exec(item) ?? [];
    const grantee = quoted?.replaceAll('""', '"') ?? (plain === '' ? 'PUBLIC' : (plain ?? '?'));
    const rights = found.get(grantee) ?? new Set<string>();
    for (const letter of (letters ?? '').replaceAll('*', '')) rights.add(words[letter] ?? letter);
    found.set(grantee, rights);
  }
  return found;
}

/** Elements of an array in its text form: plain, or in quotes with backslashes. */
function elements(text: string): readonly string[] {
  const matches = text.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/g);
  return [...matches].map(([, quoted, plain]) => quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? '');
}
