import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { coreSettings } from './core-settings.ts';
import { describeSettings, settingsJsonSchema, settingsTable } from './describe.ts';
import { nearMisses } from './hints.ts';
import { mergeSettings } from './merge.ts';
import { createSecretList, masked } from './secrets.ts';
import { type Setting, setting } from './setting.ts';

const text = (declared: Partial<Setting>): Setting =>
  setting({ schema: z.string(), description: 'what it is', ...declared });
const password = ['open', 'sesame'].join('-');

describe('mergeSettings', () => {
  it('refuses a declaration that clashes with the core, with a subcommand or with itself', () => {
    for (const fields of [
      { allow: text({}) },
      { mine: text({ flag: 'allow' }) },
      { mine: text({ env: 'MCP_ALLOW' }) },
      { mine: text({ env: 'AUDIT_LOG_KEY_FILE' }) },
      { mine: text({ key: 'allow' }) },
      { mine: text({ flag: 'json' }) },
      { one: text({ flag: 'same' }), two: text({ flag: 'same' }) },
    ]) {
      expect(() => mergeSettings(fields)).toThrow(/belongs to .* already$/);
    }
  });

  it('refuses names that break their grammar', () => {
    for (const fields of [
      { 'kebab-field': text({}) },
      { mine: text({ flag: '--dashes' }) },
      { mine: text({ env: 'lower' }) },
      { mine: text({ key: 'with space' }) },
    ]) {
      expect(() => mergeSettings(fields)).toThrow(/breaks the naming rule$/);
    }
  });
});

describe('the settings of the core', () => {
  it('have pinned names and defaults', () => {
    const rows = describeSettings(coreSettings);
    const lines = rows.map((row) =>
      [row.name, row.flag ?? '', row.env ?? '', row.default ?? '', row.secret ? 'secret' : ''].join('|'),
    );
    expect(lines).toMatchInlineSnapshot(`
      [
        "allow|allow|MCP_ALLOW|read|",
        "tools|tools||all|",
        "denyTools|deny-tools|||",
        "confirm|confirm|MCP_CONFIRM|auto|",
        "approvalTotp||MCP_APPROVAL_TOTP||secret",
        "approvals||MCP_APPROVALS|1|",
        "environment|environment|||",
        "maxTargets|max-targets||20|",
        "results|results||text|",
        "pii|pii||card=mask,my-number=mask,mail=off,phone=off|",
        "timeout|timeout||50|",
        "concurrency|concurrency||8|",
        "rate|rate||1|",
        "cacheTtl|cache-ttl||per tool|",
        "stateDir||CINECOM_STATE_DIR|$XDG_STATE_HOME/cinecom|",
        "auditDir||MCP_AUDIT_DIR|<state>/audit|",
        "auditMarks||MCP_AUDIT_MARKS|<state>/marks|",
        "auditOrigin||MCP_AUDIT_ORIGIN|host name|",
        "auditKey||AUDIT_LOG_KEY|unsigned|secret",
        "encryptionKey||MCP_ENCRYPTION_KEY|a random key in the state folder|secret",
        "transport|transport||stdio|",
        "host|host||127.0.0.1|",
        "port|port||3000|",
        "tlsCert|tls-cert|||",
        "tlsKey|tls-key|||",
        "tlsClientCa|tls-client-ca|||",
        "allowFrom|allow-from||all|",
        "trustProxy|trust-proxy||none|",
        "allowedHosts|allowed-hosts|||",
        "allowedOrigins|allowed-origins||none|",
        "authToken||MCP_AUTH_TOKEN||secret",
        "oauthIssuer|oauth-issuer|||",
        "oauthAudience|oauth-audience|||",
        "oauthJwks|oauth-jwks||from the issuer's metadata|",
        "stateRedisUrl||MCP_STATE_REDIS_URL|the state folder|secret",
        "jobs|||none|",
        "sentryDsn||SENTRY_DSN||secret",
        "logLevel|log-level||info|",
        "settings|settings|CINECOM_SETTINGS||",
        "envFile|env-file|||",
      ]
    `);
  });

  it('are none of them required', () => {
    expect(describeSettings(coreSettings).filter((row) => row.required)).toEqual([]);
  });

  it('make a table and a schema without the settings that say where others stand', () => {
    expect(settingsTable(coreSettings)).toContain(
      '| `--allow` `MCP_ALLOW` | `allow` | read | the most that tools may do; tools above it are not listed and refused when called (read, write, destructive) |',
    );
    const schema = settingsJsonSchema(coreSettings);
    expect(schema).toMatchObject({
      additionalProperties: false,
      properties: { timeout: { type: 'number', maximum: 600 } },
    });
    expect(Object.keys(schema['properties'] as object)).not.toContain('envFile');
  });
});

describe('nearMisses', () => {
  it('names variables that look like a mistyped own name, and nothing else', () => {
    const fields = { connection: text({ env: 'DATABASE_URL', secret: true }), allow: coreSettings.allow };
    const env = {
      DATABASE_URI: 'x',
      database_url: 'x',
      MCP_TIMEOUT: '1',
      PATH: 'x',
      MCP_ALOW: 'write',
      DATABASE_URLS: 'x',
    };
    expect(nearMisses(fields, env)).toEqual([
      'the variable DATABASE_URI is not used; did you mean DATABASE_URL?',
      'the variable DATABASE_URLS is not used; did you mean DATABASE_URL?',
      'the variable MCP_ALOW is not used; did you mean MCP_ALLOW?',
      'the variable database_url is not used; did you mean DATABASE_URL?',
    ]);
    expect(nearMisses(fields, { ...env, DATABASE_URL: 'set', MCP_ALLOW: 'read' })).toEqual([]);
  });
});

describe('masked', () => {
  it('keeps of a secret only what finds the place again', () => {
    expect(masked(`postgresql://reader:${password}@db.example:5432/cinema?sslpassword=${password}`, true)).toBe(
      'postgresql://reader:***@db.example:5432/cinema',
    );
    expect(masked('postgresql://reader@db/cinema', true)).toBe('postgresql://reader@db/cinema');
    expect(masked(`https://${password}@o1.sentry.example/2`, true)).toBe('https://***@o1.sentry.example/2');
    expect(masked(`https://hooks.example/${password}`, true)).toBe('https://hooks.example/…');
    expect(masked(password, true)).toBe('(set)');
    expect(masked(`postgresql://a:${password}@x,postgresql://b:p@${password}@y`, true)).not.toContain(password);
  });

  it('cuts passwords out of what is not marked secret', () => {
    expect(masked(`http://u:${password}@h/x`, false)).toBe('http://u:***@h/x');
    expect(masked(['a', 'b'], false)).toBe('["a","b"]');
  });
});

describe('the list of secrets', () => {
  const listOf = (value: string): readonly string[] => {
    const list = createSecretList();
    list.secret(value);
    return list.list();
  };

  it('holds no address that only says where', () => {
    for (const address of ['postgres://reader@db:5432/cinema', 'redis://127.0.0.1:6379/0', 'rediss://[::1]:6379']) {
      expect(listOf(address)).toEqual([]);
    }
  });

  it('holds every address that may be a key', () => {
    const token = 'a1b2'.repeat(8);
    for (const address of [`nats://${token}@host/x`, `https://hooks.example/${token}`, `redis://h:1/0?auth=${token}`]) {
      expect(listOf(address)).toContain(address);
    }
    expect(listOf(`redis://:${token}@host`)).toEqual([`redis://:${token}@host`, token]);
  });
});
