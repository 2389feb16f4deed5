import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { coreSettings } from './core-settings.ts';
import { loadSettings } from './load.ts';
import { mergeSettings } from './merge.ts';
import { expandVariables, unsetBecause } from './placeholder.ts';
import { createSecretList, masked } from './secrets.ts';
import { setting } from './setting.ts';

const fields = mergeSettings({
  connection: setting({
    schema: z
      .string()
      .refine((text) => text.startsWith('pg://'), { error: (issue) => `wrong: ${String(issue.input)}` }),
    flag: 'connection',
    env: 'DATABASE_URL',
    secret: true,
    description: 'where',
  }),
});
const variables = Object.values(coreSettings).flatMap((declared) => ('env' in declared ? declared.env : []));
const word = fc.oneof(
  fc.string(),
  fc.constantFrom('--allow', '--pii=', '--connection', '--', '-h', '--timeout', '9', '${X}'),
);
const cwd = '/nonexistent';

describe('loadSettings, whatever it is given,', () => {
  it('never throws, and starts with safe defaults', async () => {
    const environment = fc.dictionary(fc.constantFrom(...variables, 'DATABASE_URL', 'DATABASE_URL_FILE'), fc.string());
    await fc.assert(
      fc.asyncProperty(fc.array(word), environment, async (argv, env) => {
        const loaded = await loadSettings(fields, { argv, env, cwd, server: 'mcp-x' });
        expect(['read', 'write', 'destructive']).toContain(loaded.values.allow);
        expect(loaded.values.timeout).toBeGreaterThanOrEqual(1);
        expect(Object.keys(loaded.sources).toSorted()).toEqual(Object.keys(fields).toSorted());
      }),
      { numRuns: 300 },
    );
  });

  it('quotes no secret, though the schema itself does', async () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9+/]{8,40}$/);
    await fc.assert(
      fc.asyncProperty(secret, fc.constantFrom('flag', 'env'), async (value, way) => {
        const argv = way === 'flag' ? [`--connection=${value}`] : [];
        const env = way === 'env' ? { DATABASE_URL: value } : {};
        const loaded = await loadSettings(fields, { argv, env, cwd, server: 'mcp-x' });
        expect(JSON.stringify([loaded.problems, loaded.notices])).not.toContain(value);
        expect(loaded.secrets).toContain(value);
      }),
    );
  });
});

describe('placeholders', () => {
  it('leave a text without a dollar sign as it is', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes('$')),
        (text) => {
          expect(expandVariables(text, {})).toEqual({ text, missing: [] });
          expect(unsetBecause(text) === undefined).toBe(text.trim() !== '');
        },
      ),
    );
  });

  it('are no placeholders inside a longer word', () => {
    for (const text of ['pa$word', 'a$NAME', '$', '$$', '${', '${}', '$(NAME)'])
      expect(unsetBecause(text)).toBeUndefined();
  });
});

describe('the list of secrets', () => {
  it('has every password of a URL, however many URLs and whatever the password', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9._~!-]{6,30}$/);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (passwords) => {
        const list = createSecretList();
        const text = passwords.map((password, index) => `postgresql://u:${password}@h${index}/db`).join(',');
        list.secret(text);
        for (const password of passwords) {
          expect(list.list()).toContain(password);
          expect(masked(text, true)).not.toContain(`:${password}@`);
        }
      }),
    );
  });

  it('takes the secret parts of a list of named keys, and no host or user of a connection string', () => {
    const list = createSecretList();
    const token = ['tok', 'en', '1234567890'].join('');
    list.secret(`reader:read:${token}, host=db.example.org user=someone password='open sesame'`);
    expect(list.list()).toEqual(expect.arrayContaining([token, 'open sesame']));
    expect(list.list()).not.toContain('host=db.example.org');
  });
});
