import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSettings } from './load.ts';
import { mergeSettings } from './merge.ts';
import { setting, settings } from './setting.ts';

const word = ['hunter', '2-', 'rosebud'].join('');
const address = `postgresql://reader:${word}@db.example:5432/cinema`;

const fields = mergeSettings(
  settings({
    connection: setting({
      schema: z.string().startsWith('postgresql://'),
      flag: 'connection',
      env: 'DATABASE_URL',
      secret: true,
      description: 'address of the database',
      example: 'postgresql://reader@host:5432/db',
    }),
    databases: setting({
      schema: z.array(z.string()).default([]),
      flag: 'databases',
      env: 'PG_DATABASES',
      description: 'scope list',
    }),
    statementTimeout: setting({
      schema: z.int().min(1).max(45).default(15),
      flag: 'statement-timeout',
      env: 'PG_STATEMENT_TIMEOUT',
      description: 'seconds',
    }),
    powerful: setting({ schema: z.boolean().default(false), flag: 'powerful', description: 'a switch' }),
    checks: setting({
      schema: z.array(z.strictObject({ name: z.string(), sql: z.string() })).default([]),
      description: 'own checks',
    }),
  }),
);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'settings-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

function load(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return loadSettings(fields, { argv, env, cwd: folder, server: 'mcp-postgres-admin' });
}

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text, { mode: 0o600 });
  return path;
}

describe('loadSettings', () => {
  it('takes flag before variable before env-file before settings file before default, and remembers which', async () => {
    await file('.env', 'PG_STATEMENT_TIMEOUT=30\nPG_DATABASES=fromenvfile\n');
    await file('s.yaml', 'statementTimeout: 20\ndatabases: [fromfile]\nconcurrency: 3\npowerful: true\n');
    const argv = ['--statement-timeout', '40', '--env-file=.env', '--settings', 's.yaml', '--connection', address];
    const all = await load(argv, { PG_STATEMENT_TIMEOUT: '35', DATABASE_URL: 'postgresql://other/db' });
    expect(all.problems).toEqual([]);
    expect(all.values).toMatchObject({
      statementTimeout: 40,
      databases: ['fromenvfile'],
      concurrency: 3,
      powerful: true,
      connection: address,
      allow: 'read',
    });
    expect(all.sources).toMatchObject({
      statementTimeout: 'flag',
      databases: 'env-file',
      concurrency: 'file',
      connection: 'flag',
      allow: 'default',
      environment: 'unset',
    });
    const lower = await load(['--env-file=.env', '--settings', 's.yaml'], { PG_STATEMENT_TIMEOUT: '35' });
    expect(lower.values.statementTimeout).toBe(35);
  });

  it('says of a missing setting how to give it', async () => {
    const { problems, values } = await load([]);
    expect(problems).toMatchInlineSnapshot(`
      [
        {
          "field": "connection",
          "fix": "Set the variable DATABASE_URL, the flag --connection or the key "connection" of the settings file. For example: claude mcp add postgres-admin -e DATABASE_URL=postgresql://reader@host:5432/db -- mcp-postgres-admin",
          "kind": "missing",
          "text": "DATABASE_URL is not set",
        },
      ]
    `);
    expect(values.connection).toBeUndefined();
    expect(values.statementTimeout).toBe(15);
  });

  it.each(['', '  ', '${DATABASE_URL}', 'postgresql://u@${HOST:-db}/x', '$DATABASE_URL', '${user_config.url}'])(
    'counts %j as unset, says so by name and goes on to the next source',
    async (text) => {
      await file('s.json', JSON.stringify({ connection: address }));
      const { values, sources, notices } = await load(['--settings', 's.json'], { DATABASE_URL: text });
      expect(values.connection).toBe(address);
      expect(sources['connection']).toBe('file');
      expect(notices.join('\n')).toMatch(
        /^DATABASE_URL (is empty|holds the variable [\w.]+, which nobody has filled in) and counts/,
      );
    },
  );

  it('tells in the problem what was found in place of a required value', async () => {
    const { problems } = await load(['--connection', '$DATABASE_URL']);
    expect(problems[0]?.text).toBe(
      'DATABASE_URL is not set: --connection holds the variable DATABASE_URL, which nobody has filled in',
    );
  });

  it('does not name what looks like a variable and may be a password', async () => {
    const { notices, problems } = await load(['--connection', `$${word.replaceAll('-', '')}`]);
    const text = JSON.stringify([notices, problems]);
    expect(text).toContain('looks like a variable that nobody has filled in');
    expect(text).not.toContain('rosebud');
  });

  it('says which part of a list counts as unset', async () => {
    const { values, notices } = await load(['--databases', 'a', '--databases', '${MORE}', '--connection', address]);
    expect(values.databases).toEqual(['a']);
    expect(notices).toContain(
      'a part of --databases holds the variable MORE, which nobody has filled in and counts as unset',
    );
  });

  it('takes CINECOM_SETTINGS and what ${NAME} stands for from the env-file too, behind blank variables', async () => {
    const settingsPath = await file('s.yaml', 'environment: ${PLACE}\n');
    await file('e.env', `CINECOM_SETTINGS=${settingsPath}\nPLACE=attic\n`);
    const { values } = await load(['--env-file', 'e.env'], { PLACE: '', CINECOM_SETTINGS: '${CINECOM_SETTINGS}' });
    expect(values.environment).toBe('attic');
  });

  it('wants folders of state to be the same from every working folder', async () => {
    const { values, problems } = await load([], { CINECOM_STATE_DIR: 'state', MCP_AUDIT_DIR: '~/audit' });
    expect(values.stateDir).toBeUndefined();
    expect(values.auditDir).toBe(join(homedir(), 'audit'));
    expect(problems[0]?.text).toBe(
      'CINECOM_STATE_DIR is not valid: expected an absolute path, or one that begins with ~/',
    );
  });

  it('fills ${NAME} in a settings file in from the environment, and takes a value without it as unset', async () => {
    await file(
      's.yaml',
      `connection: postgresql://reader:\${PW}@db/x\nstatementTimeout: \${T:-12}\nenvironment: \${NOPE}\n`,
    );
    const { values, notices } = await load(['--settings', 's.yaml'], { PW: word });
    expect(values).toMatchObject({ connection: `postgresql://reader:${word}@db/x`, statementTimeout: 12 });
    expect(values.environment).toBeUndefined();
    expect(notices).toContain('"environment" in the settings file uses NOPE, which is not set, and counts as unset');
  });

  it('reads a secret from the file that <ENV>_FILE names', async () => {
    await file('url', `${address}\n`);
    const { values, sources } = await load([], { DATABASE_URL_FILE: 'url' });
    expect(values.connection).toBe(address);
    expect(sources['connection']).toBe('env');
    const { problems } = await load([], { DATABASE_URL_FILE: 'gone' });
    expect(problems[0]?.text).toBe(
      'DATABASE_URL_FILE is not valid: the file it names cannot be read: there is no such file',
    );
  });

  it('hands every secret to the redactor, whole and as the password in it, also when it does not parse', async () => {
    const totp = ['GEZDGNBV', 'GY3TQOJQ'].join('');
    const wrong = `mysql://root:${word}%21@db/x`;
    const { secrets, problems } = await load(['--databases', `http://x:${word}s@y`], {
      DATABASE_URL: wrong,
      MCP_APPROVAL_TOTP: `anna:${totp},ben:${totp}A`,
    });
    expect(secrets).toEqual(expect.arrayContaining([wrong, `${word}%21`, `${word}!`, totp, `${totp}A`, `${word}s`]));
    expect(problems[0]?.text).toBe('DATABASE_URL is not valid: Invalid string: must start with "postgresql://"');
    expect(JSON.stringify(problems)).not.toContain(word);
  });

  it('reports an unknown flag with the nearest one, and treats what follows as a secret rather than a subcommand', async () => {
    const { problems, positionals, secrets } = await load(['--conection', address]);
    expect(problems[0]).toEqual({
      field: '--conection',
      kind: 'unknown',
      text: 'there is no flag --conection',
      fix: 'Did you mean --connection? --help lists all flags.',
    });
    expect(positionals).toEqual([]);
    expect(secrets).toContain(word);
  });

  it('reports unknown keys of the settings file, and refuses keys that reach into prototypes', async () => {
    await file('s.yaml', 'statement_timout: 3\n');
    const unknown = await load(['--settings', 's.yaml']);
    expect(unknown.problems[0]).toMatchObject({ kind: 'unknown', fix: 'Did you mean "statementTimeout"?' });
    for (const text of [
      '{"__proto__": {"allow": "destructive"}}',
      '{"checks": [{"constructor": 1}]}',
      '{"prototype": 1}',
    ]) {
      const path = await file('p.json', text);
      const { problems, values } = await load([], { CINECOM_SETTINGS: path });
      expect(problems[0]?.text).toMatch(/is refused: the key \w+ is not allowed$/);
      expect(values.allow).toBe('read');
    }
  });

  it('names the first ten unknown keys of what is perhaps no settings file at all', async () => {
    await file('s.yaml', Array.from({ length: 5000 }, (_, index) => `k${index}: 1`).join('\n'));
    const { problems } = await load(['--settings', 's.yaml', '--connection', address]);
    expect(problems).toHaveLength(11);
    expect(problems.at(-1)?.text).toBe('the settings file has 4990 more keys that do not exist');
  });

  it('never quotes a broken settings file, only its line', async () => {
    for (const [name, text] of [
      ['s.yaml', `a: 1\nconnection: "${address}\n`],
      ['s.json', `{"a": 1,\n"connection": "${address}}`],
      ['list.yaml', `- ${address}\n`],
    ] as const) {
      const { problems } = await load(['--settings', await file(name, text)]);
      expect(problems[0]?.field).toBe('settings');
      expect(JSON.stringify(problems)).not.toContain(word);
    }
    const gone = await load(['--settings', 'gone.yaml']);
    expect(gone.problems[0]?.text).toMatch(/cannot be read: there is no such file$/);
  });

  it('keeps the safe default where a value is wrong, and says what is allowed', async () => {
    const { problems, values } = await load(['--allow', 'wirte', '--timeout=0', '--connection', address]);
    expect(values).toMatchObject({ allow: 'read', timeout: 50 });
    expect(problems.map((problem) => problem.text)).toEqual([
      '--allow is not valid: expected one of "read"|"write"|"destructive"',
      '--timeout is not valid: Too small: expected number to be >=1',
    ]);
  });

  it('joins lists of repeated flags and commas, and switches booleans with --flag, --no-flag and =', async () => {
    const { values } = await load(['--databases', 'a, b', '--databases=c', '--powerful']);
    expect(values.databases).toEqual(['a', 'b', 'c']);
    expect(values.powerful).toBe(true);
    expect((await load(['--no-powerful'])).values.powerful).toBe(false);
    expect((await load(['--powerful=off'])).values.powerful).toBe(false);
  });

  it('leaves what is no flag: words, words after --, a lone dash', async () => {
    const { positionals } = await load(['call', 'pg_query', 'sql=select 1', '-', '--', '--not-a-flag']);
    expect(positionals).toEqual(['call', 'pg_query', 'sql=select 1', '-', '--not-a-flag']);
  });

  it('warns of secrets on the command line and in files that others may read', async () => {
    const flag = await load(['--connection', address]);
    expect(flag.notices.join()).toContain('--connection puts a secret on the command line');
    const path = await file('s.yaml', `connection: ${address}\n`);
    expect((await load(['--settings', path])).notices).toEqual([]);
    await chmod(path, 0o644);
    expect((await load(['--settings', path])).notices.join()).toContain('chmod 600');
  });

  it('reads personal data ways by kind or for all', async () => {
    const { values } = await load(['--pii', 'mail=hash,phone=mask']);
    expect(values.pii).toEqual({ card: 'mask', myNumber: 'mask', mail: 'hash', phone: 'mask' });
    expect((await load(['--pii', 'off'])).values.pii).toEqual({
      card: 'off',
      myNumber: 'off',
      mail: 'off',
      phone: 'off',
    });
    expect((await load([])).values.pii).toEqual({ card: 'mask', myNumber: 'mask', mail: 'off', phone: 'off' });
  });
});
