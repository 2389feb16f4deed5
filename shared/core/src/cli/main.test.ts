import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openShell, type Shell } from '../../test/fixtures/cli-world.ts';
import { createNotebook, type Notebook, notebookServer, notebookTools } from '../../test/fixtures/notebook.ts';
import { openLog } from '../audit/open-log.ts';
import { systemClock } from '../define/call.ts';
import { defineServer, type Server } from '../define/server.ts';
import { ToolError } from '../errors/tool-error.ts';
import { fromBase32, oneTimePassword } from '../gate/totp.ts';
import { setting } from '../settings/setting.ts';
import { fakeClock } from '../testing/clock.ts';

const password = ['open', 'sesame', '42'].join('');
const key = createHash('sha256').update('a key of this test').digest('base64');

let shell: Shell;
let notebook: Notebook;
let server: Server;
beforeEach(async () => {
  shell = await openShell();
  notebook = createNotebook();
  server = notebookServer(notebook);
});
afterEach(async () => {
  await shell[Symbol.asyncDispose]();
});

const configured = (connect: () => Promise<Notebook>): Server =>
  defineServer({
    name: 'mcp-notebook',
    title: 'Notebook',
    version: '1.2.3',
    prefix: 'note_',
    instructions: 'Notes.',
    settings: {
      address: setting({
        schema: z.string().startsWith('note://'),
        flag: 'address',
        env: 'NOTEBOOK_URL',
        secret: true,
        description: 'where the notes are',
        example: 'note://host/book',
      }),
    },
    connect,
    tools: async () => notebookTools,
    doctor: async () => [
      { check: 'version', status: 'ok', detail: 'Notebook 7' },
      { check: 'privileges', status: 'warning', detail: 'may write', fix: `GRANT read TO reader` },
    ],
  });
const address = `note://reader:${password}@host/book`;

describe('the command line', () => {
  it('prints help generated from commands and settings', async () => {
    const { code, out, err } = await shell.run(
      configured(async () => notebook),
      ['--help'],
    );
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatchInlineSnapshot(`
      "mcp-notebook 1.2.3 – Notebook

      Usage: mcp-notebook [COMMAND] [settings]

      Commands
        [serve]                         MCP server over stdin and stdout, for a client; the default; with --transport http at /mcp, for many
        check [--json]                  settings, folders, audit log, backend: what is wrong and what repairs it
        tools [--json]                  tools of this configuration: risk, listed or why not, size of the definition
        call TOOL [key=value …] [--args JSON|@FILE|-] [--json] [--fail-on warning|critical]
                                        one tool from the shell, through the same gate, audit and redaction
        approve CODE                    shows a plan and takes a person's one-time password for it, on the terminal
        verify [--dir FOLDER] [--vkey KEY] [--json]
                                        whether the audit log is complete and unchanged; with --vkey the public key is enough
        daemon                          runs the jobs of the settings file when they are due, until a signal comes
        jobs [--json]                   what runs when, how it went last, and who could not be told
        help [COMMAND]                  this text, or more about one command
        --version                       the version

      Settings of this server
        --address VALUE  NOTEBOOK_URL  [address]
            where the notes are (required; secret; example note://host/book)

      Settings of every server
        --allow read|write|destructive  MCP_ALLOW  [allow]
            the most that tools may do; tools above it are not listed and refused when called (default read)
        --tools A,B  [tools]
            only these tools, * matches anything (default all)
        --deny-tools A,B  [denyTools]
            never these tools; wins over --tools
        --confirm auto|form|code|never  MCP_CONFIRM  [confirm]
            how changes are confirmed: a form where the client has one, else a code; never is for unattended jobs (default auto)
        MCP_APPROVAL_TOTP  [approvalTotp]
            second factor of destructive changes: name:BASE32[,name:BASE32], at least 16 characters each (secret)
        MCP_APPROVALS  [approvals]
            how many approvers a destructive change needs (default 1)
        --environment VALUE  [environment]
            label shown in plans, forms, audit and metrics
        --max-targets NUMBER  [maxTargets]
            larger plans are refused (default 20)
        --results text|structured  [results]
            what tools answer with (default text)
        --pii A,B  [pii]
            personal data: off, mask or hash for card, my-number, mail, phone (mail=hash), or one for all (default card=mask,my-number=mask,mail=off,phone=off)
        --timeout NUMBER  [timeout]
            seconds a call may take; clients give up at 60 (default 50)
        --concurrency NUMBER  [concurrency]
            calls at the same time (default 8)
        --rate NUMBER  [rate]
            multiplies the rate limits, 0 = off (default 1)
        --cache-ttl NUMBER  [cacheTtl]
            seconds that cached answers live, 0 = never cached (default per tool)
        CINECOM_STATE_DIR  [stateDir]
            folder of all state; each server has its own below (default $XDG_STATE_HOME/cinecom)
        MCP_AUDIT_DIR  [auditDir]
            folder of the audit log (default <state>/audit)
        MCP_AUDIT_MARKS  [auditMarks]
            folder of the marks that show a shortened log; best on another disk (default <state>/marks)
        MCP_AUDIT_ORIGIN  [auditOrigin]
            name of this host in signed checkpoints (default host name)
        AUDIT_LOG_KEY  [auditKey]
            signs the audit log: 32 bytes in base64 or hex, or a passphrase of at least 20 characters (secret; default unsigned)
        MCP_ENCRYPTION_KEY  [encryptionKey]
            seals plan codes, personal fields of the audit log, state with secrets; same forms as AUDIT_LOG_KEY (secret; default a random key in the state folder)
        --transport stdio|http  [transport]
            stdio for one client, http for many at /mcp (default stdio)
        --host VALUE  [host]
            address to listen on; beyond loopback a token or OAuth is required (default 127.0.0.1)
        --port NUMBER  [port]
            port to listen on, 0 = any free one (default 3000)
        --tls-cert VALUE  [tlsCert]
            PEM file: certificate of the server, with its chain
        --tls-key VALUE  [tlsKey]
            PEM file: private key of the certificate
        --tls-client-ca VALUE  [tlsClientCa]
            PEM file: clients must show a certificate of this authority
        --allow-from A,B  [allowFrom]
            client addresses or CIDR ranges that are served (default all)
        --trust-proxy A,B  [trustProxy]
            addresses or CIDR ranges whose X-Forwarded-For is believed (default none)
        --allowed-hosts A,B  [allowedHosts]
            host names in requests that are served beside the own address
        --allowed-origins A,B  [allowedOrigins]
            web origins that are served; requests without Origin always are (default none)
        MCP_AUTH_TOKEN  [authToken]
            bearer token, or name:ceiling:token entries separated by commas; several are valid at once (secret)
        --oauth-issuer VALUE  [oauthIssuer]
            OAuth 2.1: authorization server whose tokens are accepted
        --oauth-audience VALUE  [oauthAudience]
            OAuth 2.1: audience that tokens must be for, the public address of this server
        --oauth-jwks VALUE  [oauthJwks]
            OAuth 2.1: address of the keys that sign tokens (default from the issuer's metadata)
        MCP_STATE_REDIS_URL  [stateRedisUrl]
            Redis in which replicas share used plan codes and second factors (secret; default the state folder)
        [jobs]
            jobs of the daemon: name, cron, zone, tool, input, timeout, notify, confirm (default none)
        SENTRY_DSN  [sentryDsn]
            Sentry project that hears of the own faults of this server; never of inputs or outputs (secret)
        --log-level debug|info|warn|error  [logLevel]
            what goes to stderr (default info)
        --settings VALUE  CINECOM_SETTINGS
            settings file, YAML or JSON; \${NAME} in it is filled in from the environment
        --env-file VALUE
            file of NAME=value lines, read after the environment

      A setting is taken from its flag, else its variable, else --env-file, else the settings file (by the key in
      brackets), else its default. A secret SETTING is also read from the file that SETTING_FILE names.
      Exit codes: 0 ok; 1 tool error; 2 settings or usage; 3 refused; 4 a plan waits for --confirm; 5 backend unreachable;
      6 outcome of a change unknown; 10 and 11 verdict warning and critical under --fail-on; 130 interrupted.
      "
    `);
  });

  it('knows no help about what is no command', async () => {
    const { code, err } = await shell.run(server, ['help', 'chek']);
    expect(code).toBe(2);
    expect(err).toContain('there is no subcommand chek. Did you mean check?');
    expect((await shell.run(server, ['--help', 'chek'])).code).toBe(0);
  });

  it('prints help of one command, and the version', async () => {
    expect((await shell.run(server, ['help', 'verify'])).out).toMatch(/^Usage: mcp-notebook verify \[--dir FOLDER\]/);
    expect(await shell.run(server, ['--version'])).toEqual({ code: 0, out: '1.2.3\n', err: '' });
  });

  it('ends with 2 for a mistyped subcommand or flag, naming the nearest', async () => {
    const { code, err } = await shell.run(server, ['chekc']);
    expect(code).toBe(2);
    expect(err).toBe(
      'mcp-notebook: there is no subcommand chekc. Did you mean check?\nmcp-notebook --help shows all commands and settings.\n',
    );
    const flag = await shell.run(server, ['tools', '--alow', 'write']);
    expect(flag.code).toBe(2);
    expect(flag.err).toContain('Did you mean --allow?');
  });
});

describe('tools', () => {
  it('says of each tool whether this configuration lists it, and what it costs', async () => {
    const { code, out } = await shell.run(server, ['tools']);
    expect(code).toBe(0);
    expect(out).toMatch(/^tool +risk +bytes +listed$/m);
    expect(out).toMatch(/^note_list +read +\d+ +yes$/m);
    expect(out).toMatch(
      /^note_delete +destructive +\d+ +no: note_delete is destructive; this server runs with --allow read/m,
    );
    expect(out).toMatch(/5 of 8 tools are listed, [\d.]+ kB of definitions\.\n$/);
  });

  it('gives the same as JSON, without a backend and its settings', async () => {
    const never = configured(async () => {
      throw new Error('not to be connected');
    });
    const { code, out } = await shell.run(never, ['tools', '--json', '--allow', 'destructive']);
    expect(code).toBe(0);
    const report = JSON.parse(out) as { tools: { name: string; listed: boolean }[]; listedBytes: number };
    expect(report.tools.every((tool) => tool.listed)).toBe(true);
    expect(report.listedBytes).toBeGreaterThan(1000);
  });
});

describe('call', () => {
  it('runs one tool with words read by its schema', async () => {
    const { code, out, err } = await shell.run(server, ['call', 'note_list', 'limit=1']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^2 notes\n\|name\|text\|\n\|-\|-\|\n\|first\|`one`\|\nNext: note_list /);
  });

  it('gives the result as a client would get it under --json', async () => {
    const { out } = await shell.run(server, ['call', 'note_list', '--args', '{"limit":1}', '--json']);
    expect(JSON.parse(out)).toMatchObject({ content: [], structuredContent: { total: 2, notes: [{ name: 'first' }] } });
    const failed = await shell.run(server, ['call', 'note_list', 'limit=0', '--json']);
    expect(failed.code).toBe(2);
    expect(JSON.parse(failed.out)).toMatchObject({
      isError: true,
      _meta: { 'cinecom/error': { code: 'invalid_input' } },
    });
  });

  it('ends with what happened: unknown tool, refusal, missing settings, unreachable backend, backend error', async () => {
    expect((await shell.run(server, ['call', 'note_lst'])).code).toBe(2);
    const refused = await shell.run(server, ['call', 'note_delete', 'name=first']);
    expect(refused).toMatchObject({ code: 3, out: '' });
    expect(refused.err).toMatch(/^not_allowed/);
    const unset = await shell.run(
      configured(async () => notebook),
      ['call', 'note_list'],
    );
    expect(unset.code).toBe(2);
    expect(unset.err).toContain('claude mcp add notebook -e NOTEBOOK_URL=note://host/book -- mcp-notebook');
    const gone = configured(async () => {
      throw new ToolError('backend_unreachable', 'nobody answers at host');
    });
    expect((await shell.run(gone, ['call', 'note_list'], { env: { NOTEBOOK_URL: address } })).code).toBe(5);
    expect((await shell.run(server, ['call', 'note_broken', 'how=backend'])).code).toBe(1);
  });

  it('plans a change, applies it with the code, and refuses the code a second time', async () => {
    const argv = ['call', 'note_rename', 'name=first', 'to=primus', '--allow', 'write'];
    const planned = await shell.run(server, argv);
    expect(planned.code).toBe(4);
    const [code = ''] = /plan_[\w-]+/.exec(planned.out) ?? [];
    expect(notebook.notes.has('first')).toBe(true);
    const applied = await shell.run(server, [...argv, '--confirm', code]);
    expect(applied).toMatchObject({ code: 0, out: 'Renamed to primus.\n' });
    notebook.notes.set('first', 'one');
    const again = await shell.run(server, [...argv, '--confirm', code]);
    expect(again.code).toBe(3);
    expect(again.err).toMatch(/^confirm_used/);
  });

  it('applies at once under --confirm never, and says so', async () => {
    const argv = ['call', 'note_delete', 'name=first', '--allow=destructive', '--confirm=never'];
    const { code, out } = await shell.run(server, argv);
    expect(code).toBe(0);
    expect(out).toMatch(/^Applied without confirmation/);
  });

  it('ends with 130 when interrupted', async () => {
    const interruption = new AbortController();
    const waiting = configured(async () => {
      interruption.abort();
      return notebook;
    });
    const env = { NOTEBOOK_URL: address };
    const { code } = await shell.run(waiting, ['call', 'note_wait'], { env, signal: interruption.signal });
    expect(code).toBe(130);
  });

  it('refuses one-time passwords on the command line', async () => {
    const { code, err } = await shell.run(server, ['call', 'note_delete', 'name=first', 'approval=123456']);
    expect(code).toBe(2);
    expect(err).not.toContain('123456');
  });
});

describe('approve', () => {
  const clock = fakeClock();
  const secret = ['JBSWY3DP', 'EHPK3PXP'].join('');
  const env = { MCP_APPROVAL_TOTP: `anna:${secret}`, MCP_ALLOW: 'destructive' };

  const oneTime = (): string =>
    oneTimePassword(fromBase32(secret) ?? Buffer.alloc(0), Math.floor(clock.now() / 30_000));

  async function plan(): Promise<string> {
    const { out } = await shell.run(server, ['call', 'note_delete', 'name=first'], { env, clock });
    return /plan_[\w-]+/.exec(out)?.[0] ?? '';
  }

  it('shows the plan, takes the password from the terminal, and then the code works', async () => {
    const code = await plan();
    const now = oneTime();
    const given = await shell.run(server, ['approve', code], { env, clock, typed: [now] });
    expect(given).toMatchObject({ code: 0, out: 'anna approved note_delete. It may be applied now with its code.\n' });
    expect(given.err).toContain('Delete note first');
    expect(given.out + given.err).not.toContain(now);
    const applied = await shell.run(server, ['call', 'note_delete', 'name=first', '--confirm', code], { env, clock });
    expect(applied).toMatchObject({ code: 0, out: 'Deleted. 1 notes left.\n' });
  });

  it('is asked for within call where a person sits at a terminal', async () => {
    const code = await plan();
    clock.advance(60_000);
    const argv = ['call', 'note_delete', 'name=first', '--confirm', code];
    const refused = await shell.run(server, argv, { env, clock });
    expect(refused.code).toBe(3);
    const applied = await shell.run(server, argv, { env, clock, typed: [oneTime()] });
    expect(applied.code).toBe(0);
  });

  it('is not taken while it cannot be recorded', async () => {
    await writeFile(join(shell.dir, 'file'), '');
    const env = { MCP_APPROVAL_TOTP: `alice:${'ABCD'.repeat(5)}`, MCP_AUDIT_DIR: join(shell.dir, 'file') };
    const { code, err } = await shell.run(server, ['approve', 'plan_x'], { env, typed: ['123456'] });
    expect(code).toBe(1);
    expect(err).toContain('audit_unavailable');
    expect(err).not.toContain('One-time password:');
  });

  it('needs a terminal, and refuses a wrong password', async () => {
    const code = await plan();
    expect((await shell.run(server, ['approve', code], { env, clock })).code).toBe(2);
    const wrong = await shell.run(server, ['approve', code], { env, clock, typed: ['abc'] });
    expect(wrong.code).toBe(3);
    expect(wrong.err).toContain('approval_invalid');
  });
});

describe('verify', () => {
  it('says in words that the log is whole, and that it is not once a byte has changed', async () => {
    const env = { AUDIT_LOG_KEY: key };
    await shell.run(server, ['call', 'note_list'], { env });
    const good = await shell.run(server, ['verify'], { env });
    expect(good.code).toBe(0);
    expect(good.out).toMatch(/^ok: /);
    expect(JSON.parse((await shell.run(server, ['verify', '--json'], { env })).out)).toMatchObject({ ok: true });
    const audit = join(shell.dir, 'state/mcp-notebook/audit');
    const [segment = ''] = (await readdir(audit)).filter((name) => name.endsWith('.jsonl'));
    const text = await readFile(join(audit, segment), 'utf8');
    const [, vkey = ''] = /"vkey":"([^"]+)"/.exec(text) ?? [];
    expect(await shell.run(server, ['verify', '--dir', audit, '--vkey', vkey])).toMatchObject({ code: 0 });
    expect(await shell.run(server, ['verify', '--vkey', 'x'], { env })).toMatchObject({ code: 2, out: '' });

    await writeFile(join(audit, segment), text.replace('note_list', 'note_lost'));
    const bad = await shell.run(server, ['verify'], { env });
    expect(bad.code).toBe(1);
    expect(bad.out).toMatch(/^modified@1: /);
  });

  it('needs no backend, makes no folder, and never takes a log that is not there for a good one', async () => {
    const { code, out } = await shell.run(
      configured(async () => notebook),
      ['verify'],
    );
    expect(code).toBe(1);
    expect(out).toMatch(/^unreadable: There is no log here/);
    expect(await readdir(shell.dir)).toEqual([]);
  });
});

describe('check', () => {
  it('shows settings masked with their source, folders, audit log, backend and what the server finds there', async () => {
    const env = { NOTEBOOK_URL: address, AUDIT_LOG_KEY: key };
    const { code, out, err } = await shell.run(
      configured(async () => notebook),
      ['check', '--environment', 'staging'],
      { env },
    );
    expect([code, err]).toEqual([0, '']);
    expect(out).not.toContain(password);
    const steady = out
      .replaceAll(shell.dir, '<dir>')
      .replaceAll(/\b[0-9A-Z]{26}\b/g, '<writer>')
      .replaceAll(/reached in [\d.]+ ms/g, 'reached in <time>')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:]+Z/g, '<date>')
      .replaceAll(/ {2,}/g, '  ');
    expect(steady).toMatchInlineSnapshot(`
      "WARNING: mcp-notebook 1.2.3, 0 failed, 1 warning

      setting  value  from
      NOTEBOOK_URL  note://reader:***@host/book  variable NOTEBOOK_URL
      MCP_ALLOW  read  default
      MCP_CONFIRM  auto  default
      --environment  staging  flag --environment
      CINECOM_STATE_DIR  <dir>/state  variable CINECOM_STATE_DIR
      AUDIT_LOG_KEY  (set)  variable AUDIT_LOG_KEY

      status  check  detail
      ok  settings  complete and valid
      ok  state folder  <dir>/state/mcp-notebook, made at the first call
      ok  audit folder  <dir>/state/mcp-notebook/audit, made at the first call
      ok  marks folder  <dir>/state/mcp-notebook/marks, made at the first call
      ok  audit log  written as <writer>, signed
      ok  audit key  AUDIT_LOG_KEY signs the log
      ok  audit trail  ok, 1 records
      ok  clock  <date>
      ok  Notebook  reached in <time>
      ok  version  Notebook 7
      warning  privileges  may write

      To repair:
      1. privileges: GRANT read TO reader

      This is the environment of this shell; a client may hand down less of it (cloud credentials and OTEL_* are often withheld).
      "
    `);
  });

  it('ends with 2 over settings, naming what repairs each and what was mistyped in the environment', async () => {
    const env = { NOTEBOOK_URI: address };
    const { code, out } = await shell.run(
      configured(async () => notebook),
      ['check'],
      { env },
    );
    expect(code).toBe(2);
    expect(out).toContain('FAILED');
    expect(out).toContain('NOTEBOOK_URL is not set');
    expect(out).toContain('the variable NOTEBOOK_URI is not used; did you mean NOTEBOOK_URL?');
    expect(out).toContain('claude mcp add notebook');
    expect(out).toContain('not tried before the settings are right');
  });

  it('ends with 5 when the backend cannot be reached, and warns of a secret on the command line', async () => {
    const gone = configured(async () => {
      throw new ToolError('backend_unreachable', 'nobody answers at host', { hint: 'Start the notebook.' });
    });
    const { code, out } = await shell.run(gone, ['check', '--json', '--address', address]);
    expect(code).toBe(5);
    const report = JSON.parse(out) as {
      status: string;
      checks: { check: string; status: string; detail: string; fix?: string }[];
    };
    expect(report.status).toBe('failed');
    expect(report.checks).toContainEqual({
      check: 'Notebook',
      status: 'failed',
      detail: 'backend_unreachable: nobody answers at host',
      fix: 'Start the notebook.',
    });
    expect(report.checks.some(({ detail }) => detail.includes('puts a secret on the command line'))).toBe(true);
    expect(out).not.toContain(password);
  });

  it('finds open folders and a placeholder key', async () => {
    const audit = join(shell.dir, 'state', 'mcp-notebook', 'audit');
    await mkdir(audit, { recursive: true, mode: 0o700 });
    await chmod(audit, 0o755);
    const env = { AUDIT_LOG_KEY: 'please-change-me-please-change-me' };
    const { out } = await shell.run(server, ['check'], { env });
    expect(out).toContain(`chmod 700 ${audit}`);
    expect(out).toContain('AUDIT_LOG_KEY: the key looks like a placeholder');
  });

  it('finds approvers that cannot be read, and lists that match no tool', async () => {
    const argv = ['check', '--deny-tools', 'note_delet', '--tools', 'note_*'];
    const wrong = await shell.run(server, argv, { env: { MCP_APPROVAL_TOTP: 'alice' } });
    expect(wrong.code).toBe(1);
    expect(wrong.out).toMatch(/FAILED +second factor +MCP_APPROVAL_TOTP cannot be used: .*, so destructive changes/);
    expect(wrong.out).toMatch(/warning +tool lists +--deny-tools note_delet matches no tool/);
    expect(wrong.out).toContain('Did you mean note_delete?');
    expect(wrong.out).not.toContain('--tools note_*');
    const right = await shell.run(server, ['check'], { env: { MCP_APPROVAL_TOTP: `alice:${'ABCD'.repeat(5)}` } });
    expect(right.out).toMatch(/ok +second factor +1 of alice for each destructive change/);
  });

  it('tells where a server over HTTP would listen and for whom, or why it would not', async () => {
    const token = 'open-sesame-'.repeat(3);
    const open = await shell.run(server, ['check', '--transport', 'http', '--port', '4711']);
    expect(open.out).toMatch(/warning +HTTP +would listen on http:\/\/127\.0\.0\.1:4711\/mcp, callers by nothing/);
    const closed = await shell.run(server, ['check', '--transport', 'http'], { env: { MCP_AUTH_TOKEN: token } });
    expect(closed.out).toMatch(/ok +HTTP +would listen on http:\/\/127\.0\.0\.1:3000\/mcp, callers by tokens/);
    const refused = await shell.run(server, ['check', '--transport', 'http', '--host', '0.0.0.0']);
    expect(refused.code).toBe(1);
    expect(refused.out).toMatch(/FAILED +HTTP +--host 0\.0\.0\.0 is reachable from other machines/);
    expect(closed.out).not.toContain(token);
  });

  it.skipIf(process.getuid?.() !== 0)('finds a state folder of another user, as the gate refuses it', async () => {
    const state = join(shell.dir, 'state', 'mcp-notebook');
    await mkdir(state, { recursive: true, mode: 0o700 });
    await chown(state, 65_534, 65_534);
    const { code, out } = await shell.run(server, ['check']);
    expect(code).toBe(1);
    expect(out).toMatch(/FAILED +state folder +\S+ belongs to another user/);
  });

  it('tells of changes whose outcome nobody knows', async () => {
    const state = join(shell.dir, 'state', 'mcp-notebook');
    const log = await openLog({
      dir: join(state, 'audit'),
      marksDir: join(state, 'marks'),
      server: 'mcp-notebook',
      version: '1.2.3',
      key,
      clock: systemClock,
    });
    await log.durable({ id: 'a', type: 'call.begin', action: { server: 'mcp-notebook', tool: 'note_delete' } });
    await log.close('killed in the middle');
    const env = { AUDIT_LOG_KEY: key };
    const { out } = await shell.run(server, ['check'], { env });
    expect(out).toMatch(/warning +changes +1 of unknown outcome, the latest note_delete at /);
    expect((await shell.run(server, ['verify'], { env })).out).toMatch(
      /Changes of unknown outcome: 1\n.*\n.*note_delete +a$/m,
    );
  });

  it('notices a clock that was set back', async () => {
    const clock = fakeClock(Date.UTC(2026, 5, 1));
    await shell.run(server, ['call', 'note_list'], { clock });
    clock.set(Date.UTC(2026, 4, 1));
    const { out } = await shell.run(server, ['check'], { clock });
    expect(out).toMatch(/warning +clock +2026-05-01T00:00:00Z, which is before the newest audit record \(2026-06-01/);
  });

  it('says that changes are refused when the log cannot be written', async () => {
    await writeFile(join(shell.dir, 'state'), 'a file where a folder should be');
    const { code, out } = await shell.run(server, ['check']);
    expect(code).toBe(1);
    expect(out).toContain('cannot be written, so changes are refused');
  });
});
