/** What a key says of its value: the rule id of a secret, `suspect` where only entropy may decide, or nothing. */
export type KeyClass =
  'password' | 'secret' | 'token' | 'key' | 'header' | 'auth' | 'my-number' | 'suspect' | undefined;

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

const passwordWords = set('password passwd passphrase passcode passwort pwd pass userpass dbpass kennwort');
const secretWords = set('secret clientsecret appsecret sharedsecret dockerconfigjson dockercfg');
const tokenWords = set('token accesstoken authtoken refreshtoken bearertoken apitoken sessiontoken idtoken');
const keyWords = set(
  'apikey accesskey secretkey privatekey authkey encryptionkey signingkey masterkey accountkey sharedkey',
);
/** `<word> key` is a secret. */
const keyQualifiers = set(
  'api access secret private encryption encrypt signing sign auth master account shared storage ssh service server ' +
    'deploy session hmac aes cipher crypt crypto jwt integration consumer subscription admin function app application ' +
    'client license decryption decrypt symmetric root user hash token rsa dsa pgp tls ssl webhook base sas',
);
const exactPasswords = set('pgpassword mysqlpwd redisclientauth requirepass masterauth masteruserpassword sshpass');
const exactHeaders = set('authorization proxyauthorization cookie setcookie');
/** Endings that say nothing of what the value is. */
const qualifiers = set(
  'confirmation confirm value hash prod dev test staging live old new current plain text string base64 b64 default ' +
    'encrypted raw primary secondary main backup production development example sample tmp temp',
);
/** `<word> token` and the like that everybody may see. */
const harmless = set(
  'csrf xsrf csrfmiddleware authenticity page next previous prev continuation continue sync cursor cancel cancellation pagination ' +
    'resume delta progress stop eos bos pad unk sep cls mask special invalid unexpected public primary foreign ' +
    'partition sort cache routing object idempotency old oldpwd',
);
const harmlessNames = set(
  'csrftoken csrfmiddlewaretoken xsrftoken nexttoken pagetoken nextpagetoken oldpwd author publickey',
);
const suspectWords = set(
  'key auth access secret secrets token tokens credential credentials creds cred private salt nonce seed signature ' +
    'hmac pass password passwd bearer jwt session cookie encryption license oauth webhook sas',
);
/** Words that name something public, so that high entropy proves nothing. */
const publicWords = set(
  'id ids name names path file url uri host count type digest sha sha1 sha256 sha512 md5 checksum fingerprint etag version ' +
    'size length index prefix date time at ttl expiry expires public integrity commit revision uid uuid trace span cursor hash',
);

const japanese: readonly (readonly [RegExp, KeyClass])[] = [
  [/(?:パスワード|パスフレーズ|暗証番号|パスコード)$/, 'password'],
  [/(?:秘密鍵|シークレット|秘密の合言葉)$/, 'secret'],
  [/(?:トークン)$/, 'token'],
  [/(?:マイナンバー|個人番号)$/, 'my-number'],
];

const remembered = new Map<string, KeyClass>();
const mostRemembered = 2000;

/**
 * Classifies the name of a field, variable, header or flag by its words: `dbPassword`, `DB_PASSWORD`, `db-password` are
 * the same. By exact names and endings, never by substring; `token_count`, `public_key`, `csrf_token` are no secrets.
 */
export function classifyKey(key: string): KeyClass {
  const known = remembered.get(key);
  if (known !== undefined || remembered.has(key)) return known;
  const found = classify(key);
  if (remembered.size >= mostRemembered) remembered.clear();
  remembered.set(key, found);
  return found;
}

function classify(key: string): KeyClass {
  if (key.length > 100) return undefined;
  const normal = key.normalize('NFKC');
  for (const [pattern, result] of japanese) if (pattern.test(normal)) return result;
  const words = wordsOf(normal);
  const joined = words.join('');
  if (joined === '' || harmlessNames.has(joined)) return undefined;
  if (joined === 'auth') return 'auth';
  if (exactHeaders.has(joined)) return 'header';
  if (exactPasswords.has(joined)) return 'password';
  if (/^(?:mynumber|kojin(?:bango)?|kojinbangou?)$/.test(joined)) return 'my-number';
  return byEnding(words) ?? (isSuspect(words) ? 'suspect' : undefined);
}

function byEnding(words: readonly string[]): KeyClass {
  let end = words.length;
  while (end > 1 && qualifiers.has(words[end - 1]!)) end -= 1;
  const last = words[end - 1]!.replace(/\d+$/, '');
  const before = words[end - 2] ?? '';
  if (harmless.has(before) && !(before === 'old' && last !== 'token')) return undefined;
  if (last.endsWith('secret')) return 'secret';
  if (/(?:access|auth|api|refresh|bearer|session|bot|user|deploy|app)token$/.test(last)) return 'token';
  if (/(?:api|access|secret|private|auth|signing|encryption)key$/.test(last)) return 'key';
  if (
    passwordWords.has(last) ||
    /(?:password|passwd|passphrase|(?:smtp|mail|ftp|db|user|admin|root|proxy)pass)$/.test(last)
  )
    return 'password';
  if (secretWords.has(last)) return 'secret';
  if (tokenWords.has(last)) return 'token';
  if (keyWords.has(last) || (last === 'key' && keyQualifiers.has(before.replace(/\d+$/, '')))) return 'key';
  return undefined;
}

function isSuspect(words: readonly string[]): boolean {
  return (
    words.some((word) => suspectWords.has(word)) && !words.some((word) => publicWords.has(word) || harmless.has(word))
  );
}

function wordsOf(key: string): readonly string[] {
  return key
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
