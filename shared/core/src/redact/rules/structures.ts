import type { Rule } from '../types.ts';
import { isBasicPair, isPlaceholder } from '../layers/values.ts';

const r = String.raw;

const notPlaceholder = (secret: string): boolean => !isPlaceholder(secret);

function rule(
  id: string,
  description: string,
  keywords: readonly string[],
  pattern: string,
  more: Partial<Rule> = {},
): Rule {
  return { id, description, keywords, pattern, entropy: 0, accepts: notPlaceholder, ...more };
}

const ignoreCase = { flags: 'i' } as const;
const base64Body = r`(?:[A-Za-z0-9+/=\s,:.\\]|-(?!-)){20,16384}`;

/** Secrets known by what stands around them. */
// prettier-ignore
export const structures: readonly Rule[] = [
  rule('url-password', 'Password in the userinfo of a URL', ['://'], r`(:\/\/[^\s/?#:@"'<>\\]{0,256}:)((?!\d{1,5}(?:[/?#"'\s]|$))[^\s/?#"'<>\\]{1,512})(?=@)`),
  rule('url-password', 'Password with slashes in the userinfo of a URL', ['://'], r`(:\/\/[^\s/?#:@"'<>\\]{1,256}:)((?!\d{1,5}[/?#])[^\s:"'<>\\@]{1,128})(?=@[\w.-]{1,253}[:/])`),
  rule('url-token', 'Token in the place of a URL user', ['://'], r`(:\/\/)((?![0-9a-f]{32}@|[\w.~-]{0,64}%40)[\w.~%-]{20,256})(?=@)`, { entropy: 3.5 }),
  rule('authorization', 'Authorization header', ['authorization'], r`(authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:(?:bearer|basic|token|digest|apikey|negotiate|bot|splunk|ntlm|sharedkey|sso-key|genie-?key)\s{1,4})?)((?!bearer|basic|digest|aws4-|[:,])[^\s"',;\\<>{}[\]]{6,4096})`, ignoreCase),
  rule('authorization', 'Digest response', ['response="'], r`(response=")([0-9a-f]{32})(?=")`),
  rule('bearer-token', 'Bearer token', ['bearer '], r`(bearer\s{1,4})((?=[\w.~+/=-]{0,64}\d)[\w.~+/-]{16,4096}={0,2})`, { ...ignoreCase, entropy: 3 }),
  rule('basic-credentials', 'Basic credentials', ['basic '], r`(basic\s{1,4})([A-Za-z0-9+/]{8,4096}={0,2})`, { ...ignoreCase, accepts: isBasicPair }),
  rule('aws-signature', 'AWS request signature', ['signature='], r`(signature=)([0-9a-f]{64})`, ignoreCase),
  rule('signed-url', 'Signature in a signed URL', ['signature='], r`(signature=)([\w%+/.-]{16,2048}={0,2})`, { ...ignoreCase, entropy: 3 }),
  rule('signed-url', 'Shared access signature', ['?sig=', '&sig=', ';sig='], r`([?&;]sig=)([\w%+/.-]{16,512}={0,2})`, { ...ignoreCase, entropy: 3 }),
  rule('cookie', 'Cookie header', ['cookie'], r`((?:set-)?cookie["']?\s{0,2}[:=]\s{0,2}["']?)([^\s=;"'\\]{1,128}=[^\r\n"'\\]{1,4096})`, ignoreCase),
  rule('slack-webhook', 'Slack webhook path', ['hooks.slack.com/', 'hooks.slack-gov.com/'], r`(hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/)([\w/-]{20,120})`, ignoreCase),
  rule('discord-webhook', 'Discord webhook token', ['/webhooks/'], r`(\/webhooks\/\d{5,22}\/)([\w-]{30,120})`, ignoreCase),
  rule('teams-webhook', 'Teams webhook path', ['webhook.office.com/', 'outlook.office.com/webhook'], r`((?:webhook|outlook)\.office\.com\/webhook(?:b2)?\/)([\w@/-]{20,400})`, ignoreCase),
  rule('private-key', 'PEM private key', ['-----begin'], r`(-----BEGIN[A-Z0-9 _-]{0,60}PRIVATE KEY(?: BLOCK)?-----)(${base64Body})`, { ...ignoreCase, accepts: () => true }),
  rule('private-key', 'PuTTY private key', ['private-lines:'], r`(Private-Lines: \d{1,3}(?:\r?\n|\\n))([A-Za-z0-9+/=\s\\]{20,16384})`, { ...ignoreCase, accepts: () => true }),
  rule('jwt', 'JSON Web Token: the header stays', ['eyj'], r`(eyJ[\w-]{8,1000}\.)([\w-]{4,8000}\.[\w-]{0,4000}(?:\.[\w-]{0,4000}){0,2})`, { bounded: true, entropy: 2.5 }),
  rule('jwt', 'JSON Web Token in base64', ['zxlk'], r`ZXlK[A-Za-z0-9+/_-]{60,8000}={0,2}`, { bounded: true, entropy: 2.5 }),
  rule('docker-auth', 'Registry credentials', ['"auth'], r`("auth\\{0,3}"\s{0,4}:\s{0,4}\\{0,3}")([A-Za-z0-9+/]{8,4096}={0,2})(?=\\{0,3}")`, { accepts: isBasicPair }),
  rule('sql-password', 'Password in a SQL statement', ['identified by', 'identified with'], r`(identified (?:with [\w"'-]{1,64} )?(?:by|as) (?:password )?["'])([^"'\n]{1,512})(?=["'])`, ignoreCase),
  rule('password-hash', 'Password hash', ['scram-sha-256$', '$2a$', '$2b$', '$2y$', '$argon2', '$apr1$'], r`(SCRAM-SHA-256\$\d{3,7}:|\$2[aby]\$\d\d\$|\$argon2(?:id|i|d)\$|\$apr1\$)([\w+/=$:.,-]{20,300})`),
  rule('password-hash', 'Crypt password hash', ['$1$', '$5$', '$6$', '$y$'], r`(\$(?:[156y])\$)([\w./=$,]{20,200})`, { entropy: 3 }),
  rule('password-hash', 'Postgres md5 password', ["'md5"], r`('md5)([0-9a-f]{32})(?=')`),
  rule('cli-password', 'Password flag of a MySQL client', ['mysql', 'mariadb'], r`((?:mysql|mariadb)[a-z-]{0,10} [^\n|;"]{0,120}?(?:^|\s)-p)([^\s"'\\-][^\s"'\\]{0,100})`),
  rule('cli-password', 'Password of sshpass', ['sshpass -p'], r`(sshpass -p\s{0,2}["']?)([^\s"'\\]{1,200})`),
  rule('cli-password', 'Password flag of redis-cli', ['redis-cli'], r`(redis-cli [^\n|;"]{0,120}?-a ["']?)([^\s"'\\]{1,200})`),
  rule('cli-password', 'Password flag of a registry login', ['docker login', 'podman login', 'helm registry login'], r`((?:login) [^\n|;"]{0,120}?-p ["']?)([^\s"'\\]{1,200})`),
  rule('cli-password', 'Credentials of a curl call', ['curl '], r`(curl [^\n|;]{0,160}?(?:-u|--user|--proxy-user)[ =]?["']?[^\s:"'-][^\s:"']{0,64}:)([^\s"'\\]{1,256})`),
  rule('redis-password', 'Redis configuration', ['requirepass', 'masterauth'], r`((?:requirepass|masterauth)["']?\s{1,4}["']?)([^\s"'=:\\][^\s"'\\]{0,511})`, ignoreCase),
  rule('redis-password', 'Redis AUTH command', ['"auth" "'], r`("AUTH"(?: "[^"\n]{1,64}")? ")([^"\n]{1,512})(?=")`, ignoreCase),
  rule('redis-password', 'Redis ACL password', ['setuser'], r`(setuser["']? [^\n]{0,120}?[ "]>)([^\s"'\\]{1,512})`, ignoreCase),
  rule('netrc-password', 'Password in .netrc', ['login '], r`(login\s{1,4}\S{1,64}\s{1,8}password\s{1,4})([^\s"'\\]{1,256})`),
  rule('pgpass-password', 'Password in .pgpass', [':5432:', ':6432:'], r`(:[56]432:[^:\s]{1,63}:[^:\s]{1,63}:)([^\s:"'\\,][^\s"'\\,]{0,255})`),
];
