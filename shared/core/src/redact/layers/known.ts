import { classifyKey } from './keys.ts';
import { isPlaceholder } from './values.ts';

/** Shorter values would be found everywhere by chance. */
export const shortestKnown = 6;

/** One way a known value may be written, and the value itself, for its tag. */
export interface KnownForm {
  readonly form: string;
  readonly secret: string;
}

/** Names that say nothing when they are also a password: redacting the word everywhere would only hide the answer. */
const commonWords = new Set(
  (
    'postgres postgresql password default localhost example grafana sentry kibana elastic elasticsearch discord docker ' +
    'kubernetes prometheus production staging development redis-server database secret enabled disabled changeme anonymous'
  ).split(' '),
);

/**
 * The values to look for: secrets, values of variables with secret-like names, and the passwords within URLs and libpq
 * strings among them. A value that is a common word, or the same as its user, is left to the rules that see its place.
 */
export function knownValues(secrets: readonly string[], env: NodeJS.ProcessEnv): readonly string[] {
  const found = new Set<string>();
  const add = (value: string | undefined, user?: string): void => {
    const text = value?.trim() ?? '';
    if (text.length < shortestKnown || text === user || commonWords.has(text.toLowerCase()) || isPlaceholder(text))
      return;
    found.add(text);
  };
  for (const secret of secrets) {
    add(secret);
    passwordsWithin(secret, add);
    linesOf(secret).forEach((line) => add(line));
  }
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || value.length > 65_536) continue;
    const kind = classifyKey(name);
    const secretName = kind !== undefined && kind !== 'suspect' && kind !== 'my-number';
    if (secretName && !/^(?:\/|\.{1,2}\/|~)/.test(value) && !/^\d{1,9}$/.test(value)) add(value);
    passwordsWithin(value, add);
  }
  return [...found];
}

const userinfo = /:\/\/([^\s/?#:@]{0,256}):([^\s/?#]{1,512})@/g;
const keyword = /(?:^|[\s;])(?:password|pwd)\s{0,4}=\s{0,4}(?:'((?:[^'\\]|\\.){1,512})'|([^\s;']{1,512}))/gi;

function passwordsWithin(value: string, add: (value: string | undefined, user?: string) => void): void {
  for (const [, user, password] of value.matchAll(userinfo)) {
    add(password, user);
    add(decoded(password ?? ''), user);
  }
  for (const [, quoted, bare] of value.matchAll(keyword)) add(quoted?.replaceAll(/\\(.)/g, '$1') ?? bare);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone % is legal in a password that was never encoded.
    return text;
  }
}

/** The lines of a key file: they are often printed one by one or indented. */
function linesOf(secret: string): readonly string[] {
  if (!secret.includes('\n')) return [];
  return secret
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.length >= 20 && !line.startsWith('-----'));
}

/** Every way a value may be written: raw, URL-encoded, JSON-escaped once and twice, hex, base64 at the three alignments. */
export function formsOf(secret: string): readonly KnownForm[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const url = encodeURIComponent(secret.replaceAll(/\p{Surrogate}/gu, '\ufffd'));
  const strict = url.replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const lower = (text: string): string => text.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
  const bytes = Buffer.from(secret, 'utf8');
  const forms = [
    secret,
    url,
    strict,
    lower(url),
    lower(strict),
    strict.replaceAll('%20', '+'),
    json,
    json.replaceAll('/', '\\/'),
    JSON.stringify(json).slice(1, -1),
    unicodeEscaped(json),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...[0, 1, 2].flatMap((lead) => base64Forms(bytes, lead)),
  ];
  return [...new Set(forms)].filter((form) => form.length >= shortestKnown).map((form) => ({ form, secret }));
}

function unicodeEscaped(json: string): string {
  return json.replaceAll(/[\u0080-\uffff<>&]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The characters of a base64 text that `bytes` alone decide when `lead` bytes of something else come before them. */
function base64Forms(bytes: Buffer, lead: number): readonly string[] {
  const encoded = Buffer.concat([Buffer.alloc(lead), bytes]).toString('base64');
  const first = Math.ceil((lead * 8) / 6);
  const end = Math.floor(((lead + bytes.length) * 8) / 6);
  const form = encoded.slice(first, end);
  return [form, form.replaceAll('+', '-').replaceAll('/', '_')];
}
