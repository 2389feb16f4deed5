import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createRedactor, rules } from './index.ts';

const hex = '0123456789abcdef';
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const lower = upper.toLowerCase();
const digits = '0123456789';
const alnum = upper + lower + digits;
const url64 = `${alnum}-_`;

/** A seeded generator, so that a failure repeats. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const random = createRandom(42);
const some = (count: number, alphabet: string): string =>
  Array.from({ length: count }, () => alphabet[random(alphabet.length)]).join('');
const uuid = (): string => [8, 4, 4, 4, 12].map((size) => some(size, hex)).join('-');

/** Splits a prefix in this file, so that no scanner takes the grammar for a token. */
const cut = '';

/** Tokens by the grammar their service documents, put together here so that no file holds one. */
const tokens: Readonly<Record<string, () => string>> = {
  'aws-access-key': () => `AK${cut}IA${some(16, upper + digits)}`,
  'gcp-api-key': () => `AI${cut}za${some(35, url64)}`,
  'gcp-client-secret': () => `GOC${cut}SPX-${some(28, url64)}`,
  'azure-client-secret': () => `${some(3, alnum)}8${cut}Q~${some(34, alnum)}`,
  'digitalocean-token': () => `dop${cut}_v1_${some(64, hex)}`,
  'github-token': () => `gh${cut}p_${some(36, alnum)}`,
  'github-fine-token': () => `github${cut}_pat_${some(22, alnum)}_${some(59, alnum)}`,
  'gitlab-token': () => `gl${cut}pat-${some(20, url64)}`,
  'npm-token': () => `npm${cut}_${some(36, alnum)}`,
  'pypi-token': () => `pypi-${cut}AgEIcHlwaS5vcmc${some(70, url64)}`,
  'dockerhub-token': () => `dckr${cut}_pat_${some(27, url64)}`,
  'terraform-token': () => `${some(14, alnum)}.atlas${cut}v1.${some(66, alnum)}`,
  'vault-token': () => `hv${cut}s.${some(90, url64)}`,
  'slack-token': () => `xo${cut}xb-${some(12, digits)}-${some(12, digits)}-${some(24, alnum)}`,
  'discord-bot-token': () =>
    `${Buffer.from(`1${some(17, digits)}`).toString('base64url')}.${some(6, url64)}.${some(38, url64)}`,
  'telegram-bot-token': () => `${some(9, digits)}:A${cut}A${some(33, url64)}`,
  'twilio-key': () => `S${cut}K${some(32, hex)}`,
  'sendgrid-key': () => `S${cut}G.${some(22, url64)}.${some(43, url64)}`,
  'mailchimp-key': () => `${some(32, hex)}-us${cut}12`,
  'stripe-key': () => `sk_${cut}live_${some(24, alnum)}`,
  'shopify-token': () => `shp${cut}at_${some(32, hex)}`,
  'openai-key': () => `sk-${cut}proj-${some(48, url64)}`,
  'anthropic-key': () => `sk-${cut}ant-api03-${some(93, url64)}AA`,
  'huggingface-token': () => `h${cut}f_${some(34, alnum)}`,
  'sentry-token': () => `sntry${cut}u_${some(64, hex)}`,
  'grafana-token': () => `gl${cut}sa_${some(32, alnum)}_${some(8, hex)}`,
  'newrelic-key': () => `NR${cut}AK-${some(27, upper + digits)}`,
  'dynatrace-token': () => `dt0${cut}c01.${some(24, upper + digits)}.${some(64, upper + digits)}`,
  'linear-token': () => `lin${cut}_api_${some(40, alnum)}`,
  'databricks-token': () => `da${cut}pi${some(32, hex)}`,
  'postman-key': () => `PM${cut}AK-${some(24, hex)}-${some(34, hex)}`,
  'hubspot-token': () => `pat-${cut}na1-${uuid()}`,
};

const redactor = createRedactor({
  secrets: [],
  env: {},
  pii: { cards: 'mask', myNumber: 'mask', mail: 'off', phone: 'off' },
  tagKey: randomBytes(32),
});

const surroundings: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => `2026-01-01T00:00:00Z INFO using ${secret} for the call`,
  (secret) => `export SOME_VALUE="${secret}"`,
  (secret) => JSON.stringify({ note: `first line\n${secret}`, n: 1 }),
  (secret) => `https://api.example/v1?x=${secret}&y=2`,
  (secret) => `value%3D${secret}`,
  (secret) => `(${secret}), then`,
];

describe('tokens', () => {
  test.each(Object.entries(tokens))('%s is found in any surroundings', async (_id, make) => {
    for (let round = 0; round < 20; round += 1) {
      for (const surround of surroundings) {
        const secret = make();
        const { value } = await redactor.text(surround(secret));
        expect(value).not.toContain(secret);
        expect(value).toContain('[REDACTED:');
        expect(value.replace(/\[REDACTED:[^\]]*\]/, '').length).toBeLessThanOrEqual(surround('').length + 14);
      }
    }
  });

  test('have a rule of their own', () => {
    const ids = new Set(rules.map((rule) => rule.id));
    expect(Object.keys(tokens).filter((id) => !ids.has(id))).toEqual([]);
  });
});

/** How programs and files write a named value. */
const assignments: readonly ((name: string, secret: string) => string)[] = [
  (name, secret) => `${name}=${secret}`,
  (name, secret) => `${name} = "${secret}"`,
  (name, secret) => `${name}: ${secret}\n`,
  (name, secret) => `export ${name.toUpperCase()}='${secret}'`,
  (name, secret) => JSON.stringify({ [name]: secret }, undefined, 2),
  (name, secret) => JSON.stringify({ config: JSON.stringify({ [name]: secret }) }),
  (name, secret) => `<${name}>${secret}</${name}>`,
  (name, secret) => `<add key="${name}" value="${secret}"/>`,
  (name, secret) => `<string name="${name}">${secret}</string>`,
  (name, secret) => `const ${name} = "${secret}";`,
  (name, secret) => `var ${name} string = "${secret}"`,
  (name, secret) => `${name} := "${secret}"`,
  (name, secret) => `final String ${name} = "${secret}";`,
  (name, secret) => `'${name}' => '${secret}',`,
  (name, secret) => `${name} => "${secret}"`,
  (name, secret) => `System.setProperty("${name}", "${secret}")`,
  (name, secret) => `set("${name}", "${secret}");`,
  (name, secret) => `os.environ['${name}'] = '${secret}'`,
  (name, secret) => `--set ${name}=${secret}`,
  (name, secret) => `--${name.replaceAll('_', '-')} ${secret} --next`,
  (name, secret) => `https://api.example/?${name}=${secret}&page=1`,
  (name, secret) => `${name} ??= "${secret}"`,
  (name, secret) => `${name}: str = "${secret}"`,
  (name, secret) => `${name}: string = '${secret}';`,
  (name, secret) => `${name} = \`${secret}\``,
  (name, secret) => `- name: ${name.toUpperCase()}\n  value: ${secret}\n`,
  (name, secret) => JSON.stringify([{ name, value: secret }]),
  (name, secret) => `if ${name} == "${secret}" {`,
];
const names = ['snyk_token', 'discordApiKey', 'datadog_access_token', 'cloudflare_api_key', 'client_secret', 'dbPassword', 'twitter-api-secret', 'auth_token', 'heroku.api.key', 'my_secret_key', 'smtp_pass', 'algolia_api_key', 'slackSigningSecret']; // prettier-ignore

describe('named secrets', () => {
  test.each(names)('%s is found however it is assigned', async (name) => {
    const missed: string[] = [];
    for (const assign of assignments) {
      for (const secret of [some(32, hex), some(40, alnum), uuid(), `${some(20, lower + digits)}7`]) {
        const { value } = await redactor.text(assign(name, secret));
        if (value.includes(secret)) missed.push(assign(name, secret));
      }
    }
    expect(missed).toEqual([]);
  });
});

describe('what looks like a secret and is none', () => {
  test.each([
    () => `commit ${some(40, hex)}`,
    () => `image: nginx@sha256:${some(64, hex)}`,
    () => `"integrity": "sha512-${some(86, alnum)}=="`,
    () => `id: ${uuid()}`,
    () => `traceparent: 00-${some(32, hex)}-${some(16, hex)}-01`,
    () => `restart_lsn = ${some(1, '123')}/${some(8, '0123456789ABCDEF')}`,
    () => `container_id=${some(64, hex)}`,
    () => `ETag: "${some(32, hex)}"`,
    () => `node ${some(22, url64)} joined`,
    () => `pod=web-${some(10, lower)}-${some(5, lower)}`,
    () => `sort_key: ${some(30, alnum)}`,
    () => `foreign_key: fk_orders_customer_${some(20, lower)}`,
    () => `cache_key=${some(40, hex)}`,
    () => `secretName: ${some(12, lower)}-tls`,
    () => `key_id: ${some(24, alnum)}`,
    () => `passed: ${some(3, digits)}, failed: 0`,
    () => `token_type: bearer`,
    () => `keyspace hits:${some(9, digits)}`,
    () => `password_changed_at: 2026-01-0${some(1, '123')}T00:00:00Z`,
  ])('case %# stays', async (text) => {
    for (let round = 0; round < 20; round += 1) {
      const written = text();
      expect((await redactor.text(written)).value).toBe(written);
    }
  });
});
