import { fileURLToPath } from 'node:url';
import { existsSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isToolError } from '../errors/tool-error.ts';
import { createRedactor, type PersonalModes, type Redactor } from './index.ts';

const masked: PersonalModes = { cards: 'mask', myNumber: 'mask', mail: 'off', phone: 'off' };
const own = ['c4nary', 'Value', '42/x+y z'].join('-');

function redactor(
  secrets: readonly string[] = [],
  pii: Partial<PersonalModes> = {},
  env: NodeJS.ProcessEnv = {},
): Redactor {
  const exempt = /^plan_[A-Za-z0-9_-]+$/;
  return createRedactor({ secrets, env, pii: { ...masked, ...pii }, tagKey: Buffer.alloc(32, 7), exempt });
}

const clean = async (text: string, secrets: readonly string[] = []): Promise<string> =>
  (await redactor(secrets).text(text)).value.replaceAll(/:[0-9a-f]{8}\]/g, ']');

describe('known values', () => {
  test.each([
    ['as they are', own],
    ['URL-encoded', encodeURIComponent(own)],
    ['in a form body', new URLSearchParams({ a: own }).toString().slice(2)],
    ['JSON-escaped', JSON.stringify({ a: own }).slice(6, -2)],
    ['in hex', Buffer.from(own).toString('hex')],
  ])('are found %s', async (_how, written) => {
    const { value, count } = await redactor([own]).text(`before ${written} after`);
    expect(value).toMatch(/^before \[REDACTED:known:[0-9a-f]{8}\] after$/);
    expect(count).toBe(1);
  });

  test('are found in base64 whatever surrounds them, and carry the same tag in every form', async () => {
    const one = redactor([own]);
    const tags = new Set<string>();
    for (const lead of ['', 'a', 'ab', 'abc']) {
      for (const encoding of ['base64', 'base64url'] as const) {
        const { value } = await one.text(Buffer.from(`${lead}${own}tail`).toString(encoding));
        tags.add(/\[REDACTED:known:([0-9a-f]{8})\]/.exec(value)?.[1] ?? 'missed');
      }
    }
    tags.add(/known:([0-9a-f]{8})/.exec((await one.text(own)).value)?.[1] ?? 'missed');
    expect([...tags]).toHaveLength(1);
    expect([...tags][0]).not.toBe('missed');
  });

  test('include passwords within URLs and libpq strings, decoded too, and secret-like variables', async () => {
    const password = ['p%40ss', 'w0rd'].join('');
    const libpq = ['it is', 'long'].join(' ');
    const variable = ['from', 'environment'].join('-the-');
    const one = redactor(
      [`postgres://app:${password}@db/x`, `host=a password='${libpq}'`],
      {},
      { APP_TOKEN: variable, HOME: '/home/somebody' },
    );
    const { value, count } = await one.text(
      `A ${password} B ${decodeURIComponent(password)} C ${libpq} D ${variable} E /home/somebody`,
    );
    expect(count).toBe(4);
    expect(value).toMatch(/^A \S+ B \S+ C \S+ D \S+ E \/home\/somebody$/);
  });

  test('that are common words are left to their place', async () => {
    expect(await clean('database postgres, password=postgres', ['postgres'])).toBe(
      'database postgres, password=[REDACTED:password]',
    );
  });

  test('may be learned later', async () => {
    const one = redactor();
    expect((await one.text(own)).count).toBe(0);
    one.learn([own, 'short']);
    expect((await one.text(`${own} short`)).count).toBe(1);
  });

  test('are always found, in any surroundings', async () => {
    const letters = fc.string({
      unit: fc.constantFrom('a', 'B', '3', '/', '+', '=', ' ', '"', '\\', 'é', '漢', '-', '&'),
      maxLength: 20,
    });
    const secret = fc.string({
      unit: fc.constantFrom('k', 'Q', '7', 'z', '/', '%', '"', '漢', '!'),
      minLength: 6,
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(secret, letters, letters, async (secret, before, after) => {
        fc.pre(!/^[%!"/]*$/.test(secret));
        const one = redactor([secret]);
        for (const written of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
          expect((await one.text(`${before} ${written} ${after}`)).value).not.toContain(written);
        }
        const encoded = Buffer.from(before + secret + after).toString('base64');
        expect((await one.text(encoded)).count).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });
});

describe('assignments', () => {
  test.each([
    ['password=hunter2', 'password=[REDACTED:password]'],
    ['DB_PASSWORD: hunter2 # note', 'DB_PASSWORD: [REDACTED:password] # note'],
    ['{"dbPassword":"hun\\"ter2","a":1}', '{"dbPassword":"[REDACTED:password]","a":1}'],
    ['{\\"password\\":\\"hunter2\\"}', '{\\"password\\":\\"[REDACTED:password]\\"}'],
    ['{"password": 12345, "a": 1}', '{"password": "[REDACTED:password]", "a": 1}'],
    ["config['api_key'] = 'abcd1234efgh'", "config['api_key'] = '[REDACTED:api-key]'"],
    ["'client_secret' => 'abc',", "'client_secret' => '[REDACTED:secret]',"],
    ['<dbPassword>abc</dbPassword>', '<dbPassword>[REDACTED:password]</dbPassword>'],
    ['--password hunter2 --verbose', '--password [REDACTED:password] --verbose'],
    ["ALTER ROLE app PASSWORD 'abc'", "ALTER ROLE app PASSWORD '[REDACTED:password]'"],
    ['Server=x;Pwd=a,b;Encrypt=true', 'Server=x;Pwd=[REDACTED:password];Encrypt=true'],
    ['?token=abcd1234efgh&page=2', '?token=[REDACTED:token]&page=2'],
    ['パスワード：ひみつ123', 'パスワード：[REDACTED:password]'],
    ['ｐａｓｓｗｏｒｄ＝hunter2', 'ｐａｓｓｗｏｒｄ＝[REDACTED:password]'],
    ['password=secret', 'password=[REDACTED:password]'],
    ['{"message":"password=abc1\\nnext line"}', '{"message":"password=[REDACTED:password]\\nnext line"}'],
  ])('%j hides its value', async (text, expected) => {
    expect(await clean(text)).toBe(expected);
  });

  test.each([
    'Failed password for root from 10.0.0.1 port 22 ssh2', 'password: must be at least 8 characters', '(using password: YES)',
    'PWD=/root', 'token_count: 12345678', 'max_tokens=4096', 'csrf_token=abcdefghi123', 'public_key=abcdefghijklmnop1234',
    'primary_key: order_id', 'author: somebody', 'password = getPassword()', 'token = self.token_source', 'password: str = None',
    'password=${DB_PASSWORD}', 'password: <password>', 'password=********', 'PASSWORD=$PASSWORD', 'nextPageToken: CAUQAA1234567890',
    'secretName: my-app-credentials', 'password_encryption=scram-sha-256', 'passed=12 failed=3', 'key=value', 'api_key_id: abc123456',
  ])('%j stays', async (text) => {
    expect(await clean(text)).toBe(text);
  }); // prettier-ignore

  test('plan codes stay wherever they stand', async () => {
    const code = `plan_${'aB3-'.repeat(14)}`;
    expect(await clean(`confirm=${code} token: ${code}`)).toBe(`confirm=${code} token: ${code}`);
  });
});

describe('structures', () => {
  const jwtHeader = 'eyJhbGciOiJIUzI1NiJ9';
  const jwtBody = ['eyJzdWIi', 'OiIxIn0'].join('');
  const slackTeam = ['T0', 'AB'].join('');
  test.each([
    ['postgres://app:p4ss@db:5432/x', 'postgres://app:[REDACTED:url-password]@db:5432/x'],
    ['redis://:p4ss@h:6379', 'redis://:[REDACTED:url-password]@h:6379'],
    ['amqp://u:a@b:c@host/v', 'amqp://u:[REDACTED:url-password]@host/v'],
    ['Authorization: Bearer abcdef123456', 'Authorization: Bearer [REDACTED:authorization]'],
    ['"authorization": "Basic dXNlcjpwYXNz"', '"authorization": "Basic [REDACTED:authorization]"'],
    ['Set-Cookie: sid=abc; HttpOnly', 'Set-Cookie: [REDACTED:cookie]'],
    ['X-Api-Key: abcd1234efgh', 'X-Api-Key: [REDACTED:api-key]'],
    ['mysql -u root -psecret db', 'mysql -u root -p[REDACTED:cli-password] db'],
    ['PGPASSWORD=abc psql', 'PGPASSWORD=[REDACTED:password] psql'],
    [`x ${jwtHeader}.${jwtBody}.${'s'.repeat(20)}Zx9`, `x ${jwtHeader}.[REDACTED:jwt]`],
    [
      `https://hooks.slack.com/services/${slackTeam}/B0CD/${'xYz1'.repeat(6)}`,
      'https://hooks.slack.com/services/[REDACTED:slack-webhook]',
    ],
    [
      'https://b.example/o?X-Amz-Signature=' + 'ab12'.repeat(16),
      'https://b.example/o?X-Amz-Signature=[REDACTED:aws-signature]',
    ],
    [
      'kind: Secret\ndata:\n  a: YWJj\n  b: ZGVm\ntype: Opaque',
      'kind: Secret\ndata:\n  a: [REDACTED:kubernetes-secret]\n  b: [REDACTED:kubernetes-secret]\ntype: Opaque',
    ],
    ['{"kind":"Secret","data":{"a":"YWJj"}}', '{"kind":"Secret","data":{"a":"[REDACTED:kubernetes-secret]"}}'],
    ['{"auths":{"r.example":{"auth":"dXNlcjpwYXNz"}}}', '{"auths":{"r.example":{"auth":"[REDACTED:docker-auth]"}}}'],
  ])('%j hides its secret', async (text, expected) => {
    expect(await clean(text)).toBe(expected);
  });

  test('a private key goes, its lines are still counted', async () => {
    const name = ['PRIVATE', 'KEY-----'].join(' ');
    const text = `a\n-----BEGIN RSA ${name}\n${'Ab3+'.repeat(16)}\n${'/x9Q'.repeat(16)}\n-----END RSA ${name}\nb`;
    const result = await clean(text);
    expect(result).toBe(`a\n-----BEGIN RSA ${name}\n[REDACTED:private-key]\n\n-----END RSA ${name}\nb`);
  });

  test.each([
    'http://host:8080/path@x',
    'postgres://u:${PASS}@h',
    'https://name%40mail.example@host.example/x',
    'basic authentication failed',
  ])('%j stays', async (text) => {
    expect(await clean(text)).toBe(text);
  });
});

describe('as a whole', () => {
  test('leaves no secret between windows', async () => {
    const window = 64 * 1024;
    const one = redactor([own]);
    for (const at of [window - 40, window - 20, window - 10, window - 1, window]) {
      const text = `${'x'.repeat(at)} ${own} ${'y'.repeat(window)} password=${own}`;
      const { value, count } = await one.text(text);
      expect(count).toBe(2);
      expect(value).not.toContain(own.slice(0, 10));
    }
  });

  test('yields between windows and stops when the call is cancelled', async () => {
    const cancelled = new AbortController();
    const pending = redactor().text('x'.repeat(1 << 20), cancelled.signal);
    cancelled.abort(new Error('client went away'));
    await expect(pending).rejects.toThrow('client went away');
  });

  test('refuses more than 8 MiB', async () => {
    const error: unknown = await redactor()
      .text('x'.repeat(8 * 1024 * 1024 + 1))
      .catch((reason: unknown) => reason);
    expect(isToolError(error) && error.code).toBe('too_large');
  });

  test('sees through hidden characters', async () => {
    const split = `${own.slice(0, 5)}\u200b${own.slice(5)}`;
    expect(await clean(`a ${split} b`, [own])).toBe('a [REDACTED:known] b');
  });

  test('cuts a long log line, and no secret with it', () => {
    const line = redactor([own]).line(`${'x'.repeat(64 * 1024 - 5)}${own}${'y'.repeat(9000)}`);
    expect(line).toMatch(/^x+\[REDACTED:known:[0-9a-f]{8}\]…$/);
  });

  test('withholds a line that it cannot read', () => {
    expect(redactor().line(undefined as never)).toBe('[withheld: redaction failed]');
  });

  test('tags equal secrets alike, and differently under another key', async () => {
    const other = createRedactor({ secrets: [], env: {}, pii: masked, tagKey: Buffer.alloc(32, 8) });
    const [first, second] = [await redactor().text('password=hunter2'), await redactor().text('pwd: hunter2')];
    expect(first.value.slice(-9)).toBe(second.value.slice(-9));
    expect((await other.text('password=hunter2')).value).not.toBe(first.value);
  });

  const word = fc.constantFrom(
    'password', 'token', 'api_key', 'authorization', 'secret', '=', ': ', ':', '"', "'", '\\', '\\n', '\\u00e9', '{', '}', ',', ' ', '\n',
    'Bearer ', 'hunter2', 'abcd1234efgh5678', '4111111111111111', '1234 5678 9018', '://', 'user:', '@', 'host/', '[REDACTED:', 'token:ab12cd34]',
    '[REDACTED:token:ab12cd34]', 'eyJhbGciOi.', 'eyJzdWIi.', 'kind: Secret\n', 'data:\n', '  a: YWJj\n', '>', '<', ';', '&', 'mysql -p', 'known42', 'マイナンバー',
    '\u200b', '\r\n', '-----BEGIN PRIVATE', ' KEY-----', '漢', '１', '9', '.', '-', 'login ', '"auth":"dXNlcjpwYXNz"',
  ); // prettier-ignore
  const noise = fc.array(fc.oneof(word, fc.string({ maxLength: 6 })), { maxLength: 25 }).map((parts) => parts.join(''));
  const all: Partial<PersonalModes> = { mail: 'mask', phone: 'hash' };

  test('changes nothing the second time, and loses no line', async () => {
    const one = redactor(['known42', '12345678'], all);
    await fc.assert(
      fc.asyncProperty(noise, async (text) => {
        const once = await one.text(text);
        const twice = await one.text(once.value);
        expect(twice.value).toBe(once.value);
        expect(twice.count).toBe(0);
        expect(once.value.split('\n')).toHaveLength(text.split('\n').length);
      }),
      { numRuns: 3000 },
    );
  });

  test('keeps JSON valid', async () => {
    const one = redactor(['known42', '12345678', 'nabcdef'], all);
    const number = fc.constantFrom(4111111111111111, 12345678, 991234567899, 5, 1.5, -12345678, 1e21);
    const name = fc.constantFrom('password', 'a', 'api_key', 'card', 'data', 'kind', 'auth', 'token', 'name', 'value');
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 4 },
        noise,
        fc.constantFrom('Secret', '\nabcdef', 'x\\', 'known42\\'),
        number,
        fc.constant(null),
        fc.boolean(),
        fc.array(tie('json'), { maxLength: 4 }),
        fc.dictionary(fc.oneof(name, noise), tie('json'), { maxKeys: 4 }),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(fc.array(json), fc.constantFrom(undefined, 2), async (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        const { value: redacted } = await one.text(text);
        expect(() => JSON.parse(redacted) as unknown).not.toThrow();
        const nested = await one.text(JSON.stringify({ text }));
        expect(() => JSON.parse(nested.value) as unknown).not.toThrow();
      }),
      { numRuns: 3000 },
    );
  });
});

/** Beside the repository where there is test data at all. */
const logs = fileURLToPath(new URL('../../../../../shared/data/loghub', import.meta.url));
test.skipIf(!existsSync(logs))('leaves clean logs as they are: at most one redaction in 10,000 lines', async () => {
  const one = redactor();
  let redactions = 0;
  for (const set of ['HDFS', 'Linux', 'Mac', 'OpenSSH', 'Zookeeper']) {
    const text = readFileSync(`${logs}/${set}/${set}_2k.log`, 'utf8');
    const { value, count } = await one.text(text);
    redactions += count;
    if (count === 0) expect(value === text).toBe(true);
  }
  expect(redactions).toBeLessThanOrEqual(1);
});
