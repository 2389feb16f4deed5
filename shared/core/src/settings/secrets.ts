const shortest = 4;

/** `postgres://reader@db:5432/cinema`: without password or options an address only says where. What is longer may be a token, and a web address a key itself. */
const openAddress = /^(?!http)[a-z][a-z0-9+.-]*:\/\/(?:[\w.-]{1,24}@)?[\w.:[\]-]+(?:\/[\w.-]*)?$/i;

/** Collects what must never be shown: values of secret settings and their parts, passwords inside any URL. */
export interface SecretList {
  /** Every string in a value of a secret setting, parsed or not. */
  secret(value: unknown): void;
  /** Of any other value only the passwords it carries. */
  ordinary(value: unknown): void;
  list(): readonly string[];
}

export function createSecretList(): SecretList {
  const found = new Set<string>();
  const add = (text: string): void => {
    const trimmed = text.trim();
    if (trimmed.length >= shortest) found.add(trimmed);
  };
  return {
    secret(value) {
      for (const text of stringsIn(value)) {
        if (openAddress.test(text.trim())) continue;
        add(text);
        for (const password of passwordsIn(text)) add(password);
        for (const part of partsOf(text)) add(part);
        for (const token of tokensIn(text)) add(token);
      }
    },
    ordinary(value) {
      for (const text of stringsIn(value)) for (const password of passwordsIn(text)) add(password);
    },
    list: () => [...found],
  };
}

/** `name:SECRET,name:SECRET` and `name:ceiling:token`: the last parts, and the entries of a list. */
function partsOf(text: string): readonly string[] {
  // `host=db user=reader` names places and people, not secrets; its password is found elsewhere.
  const entries = text.split(/[\s,]+/).filter((entry) => !/^[a-z_]+=./.test(entry));
  const listed = entries.length > 1 ? entries.filter((entry) => entry.length >= 8) : [];
  const last = entries
    .filter((entry) => !entry.includes('://'))
    .map((entry) => entry.slice(entry.lastIndexOf(':') + 1));
  return [...listed, ...last.filter((part) => part.length >= 12)];
}

/** Tokens of `MCP_AUTH_TOKEN`, which may look like anything: `ops:read://x9…` is no address, and `abc…==` no assignment. */
function tokensIn(text: string): readonly string[] {
  return text.split(',').flatMap((entry) => {
    const token = /^(?:[\w.-]{1,64}:(?:read|write|destructive):)?([A-Za-z\d._~+/-]{16,512}=*)$/.exec(entry.trim())?.[1];
    return token === undefined ? [] : [token];
  });
}

/** Passwords of URLs (as written and decoded), and of `password=…` in connection strings. */
function passwordsIn(text: string): readonly string[] {
  const found: string[] = [];
  // An unescaped @ may belong to the password, or a list may hold several URLs: both readings are kept.
  for (const pattern of [/:\/\/[^\s:@/]{0,256}:(\S{1,1024})@/g, /:\/\/[^\s:@/]{0,256}:([^\s@]{1,1024})@/g]) {
    for (const match of text.matchAll(pattern)) found.push(match[1] ?? '');
  }
  for (const match of text.matchAll(
    /\b(?:ssl)?(?:password|pwd)\s?=\s?(?:'((?:[^'\\]|\\.){1,1024})'|([^\s'&;]{1,1024}))/gi,
  )) {
    found.push(match[1] ?? match[2] ?? '');
  }
  return found.flatMap((password) => [password, decoded(password)]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign: the written form is all there is.
    return text;
  }
}

function* stringsIn(value: unknown, depth = 16): Generator<string> {
  if (typeof value === 'string') yield value;
  if (typeof value === 'number' || typeof value === 'bigint') yield String(value);
  if (typeof value !== 'object' || value === null || depth === 0) return;
  for (const item of Object.values(value)) yield* stringsIn(item, depth - 1);
}

/** A value as `check` shows it: passwords of URLs cut out, anything else secret only said to be set. */
export function masked(value: unknown, secret: boolean): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (!secret) return text.replaceAll(/(:\/\/[^\s:@/]*):\S*@/g, '$1:***@');
  const url = /^([a-z][a-z0-9+.-]*:\/\/)(?:([^\s:@/]*)(:\S*)?@)?([^\s@/?#]+)(\/[\w.-]*)?(?:[?#].*)?$/i.exec(text);
  if (!url) return '(set)';
  const [, scheme = '', user, password, host = '', path = ''] = url;
  if (user === undefined) return `${scheme}${host}/…`;
  // Before the @ of an http address stands a key, not a person.
  const who = password === undefined ? (/^http/i.test(scheme) ? '***@' : `${user}@`) : `${user}:***@`;
  return `${scheme}${who}${host}${path}`;
}
