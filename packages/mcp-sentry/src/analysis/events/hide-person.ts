const hidden = '(hidden)';
const longestTag = 1000;

/** Tags of Sentry that hold a user: `user` is `id:4711`, `email:…`, `username:…` or `ip:…`. */
const ofUsers = /^(sentry:)?user(\.|$)/i;
const addressKeys = /(^|[._-])(e-?mail|ip|ip_?addr(ess)?)$/i;

/** The value of a tag without e-mail and IP addresses of users; an id stays, since it tells one user from another. */
export function hidePerson(key: string, value: string): string {
  if (addressKeys.test(key)) return hidden;
  if (!ofUsers.test(key)) return value;
  const [kind, rest] = splitKind(value.slice(0, longestTag));
  return /^(email|ip|ip_address)$/.test(kind) || isAddress(rest) ? `${kind === '' ? '' : `${kind}:`}${hidden}` : value;
}

function splitKind(value: string): readonly [kind: string, rest: string] {
  const found = /^(id|email|username|ip|ip_address):/.exec(value);
  return found === null ? ['', value] : [found[1] ?? '', value.slice(found[0].length)];
}

function isAddress(text: string): boolean {
  return text.includes('@') || /^\d{1,3}(\.\d{1,3}){3}$/.test(text) || /^[\da-f]*:[\da-f:.]+$/i.test(text);
}
