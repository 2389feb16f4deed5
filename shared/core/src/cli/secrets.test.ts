import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openShell, type Ran, type Shell } from '../../test/fixtures/cli-world.ts';
import { createNotebook, notebookTools } from '../../test/fixtures/notebook.ts';
import { defineServer } from '../define/server.ts';
import { ToolError } from '../errors/tool-error.ts';
import { setting } from '../settings/setting.ts';

const plant = (name: string): string => `${name}${createHash('sha256').update(name).digest('hex').slice(0, 12)}`;
const planted = {
  flag: plant('Flagged'),
  env: plant('Enviro'),
  file: plant('Filed'),
  envFile: plant('Dotted'),
  pathed: plant('Pathed'),
  stray: plant('Strayed'),
  audit: createHash('sha256').update('audit').digest('base64'),
  broken: plant('Broken'),
};
const totp = ['MFRGGZDF', 'MZTWQ2LK'].join('');
const address = (password: string) => `note://reader:${password}@host/book`;
const secretSetting = (env: string, flag: string) =>
  setting({ schema: z.string().startsWith('note://').optional(), flag, env, secret: true, description: 'where' });

/** A backend that says every secret it was given, in an error and in data. */
const server = defineServer({
  name: 'mcp-notebook',
  title: 'Notebook',
  version: '1.2.3',
  prefix: 'note_',
  instructions: 'Notes.',
  settings: {
    one: secretSetting('NOTE_ONE', 'one'),
    two: secretSetting('NOTE_TWO', 'two'),
    three: secretSetting('NOTE_THREE', 'three'),
    four: secretSetting('NOTE_FOUR', 'four'),
    five: secretSetting('NOTE_FIVE', 'five'),
  },
  connect: async ({ settings, log }) => {
    log('error', `connected with ${JSON.stringify(settings)}`);
    return createNotebook({ all: JSON.stringify(settings), error: Object.values(settings).join(' ') });
  },
  tools: async () => notebookTools,
  async doctor(_backend, settings) {
    const detail = `logged in with ${JSON.stringify(settings)}`;
    if (settings.one === undefined) throw new ToolError('backend_error', 'no', { backendText: detail });
    return [{ check: 'role', status: 'warning', detail, fix: detail }];
  },
});

let shell: Shell;
beforeEach(async () => {
  shell = await openShell();
});
afterEach(async () => {
  await shell[Symbol.asyncDispose]();
});

async function everythingWritten(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((path) => readFile(path, 'utf8')))).join('\n');
}

describe('secrets planted in every source of settings', () => {
  it('appear in no output of any command, and in no file it writes', async () => {
    await writeFile(join(shell.dir, 's.yaml'), `three: ${address(planted.file)}\n`, { mode: 0o600 });
    await writeFile(join(shell.dir, 'dot'), `NOTE_FOUR=${address(planted.envFile)}\n`, { mode: 0o600 });
    await writeFile(join(shell.dir, 'five'), address(planted.pathed), { mode: 0o600 });
    const env = {
      NOTE_TWO: address(planted.env),
      NOTE_FIVE_FILE: 'five',
      AUDIT_LOG_KEY: planted.audit,
      MCP_APPROVAL_TOTP: `anna:${totp}`,
      MCP_ALLOW: 'destructive',
    };
    const settings = ['--one', address(planted.flag), '--settings', 's.yaml', '--env-file', 'dot'];
    const commands = [
      ['check'],
      ['check', '--json'],
      ['tools'],
      ['call', 'note_list'],
      ['call', 'note_list', '--json'],
      ['call', 'note_broken', 'how=backend'],
      ['call', 'note_broken', 'how=throw'],
      ['call', 'note_add', 'name=copy', `text=${address(planted.env)}`],
      ['call', 'note_delete', 'name=error'],
      ['approve', 'plan_x'],
      ['verify'],
      ['verify', '--json'],
    ];
    const ran: Ran[] = [];
    for (const command of commands) ran.push(await shell.run(server, [...command, ...settings], { env, typed: [] }));
    for (const command of [
      ['check', '--bogus', address(planted.stray)],
      ['call', 'note_list', '--bogus', planted.stray],
    ]) {
      ran.push(await shell.run(server, [...command, ...settings], { env }));
    }
    ran.push(await shell.run(server, ['check', '--one', planted.broken], { env }));
    ran.push(await shell.run(server, ['call', 'note_list', '--one', planted.broken], { env }));
    expect(ran.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 1, 1, 0, 4, 3, 0, 0, 2, 2, 2, 2]);

    const said = ran.map(({ out, err }) => out + err).join('\n');
    const written = await everythingWritten(join(shell.dir, 'state'));
    for (const secret of [...Object.values(planted), totp]) {
      expect(said).not.toContain(secret);
      expect(written).not.toContain(secret);
    }
    expect(said).toContain('REDACTED');
  });
});
