import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { mergeSettings } from '../settings/merge.ts';
import { setting } from '../settings/setting.ts';
import { commandFlags } from '../settings/merge.ts';
import { commands } from './commands.ts';
import { readCommandLine } from './command-line.ts';

const fields = mergeSettings({
  connection: setting({
    schema: z.string(),
    flag: 'connection',
    env: 'DATABASE_URL',
    secret: true,
    description: 'where',
  }),
});
const read = (...argv: string[]) => readCommandLine(argv, fields);

describe('readCommandLine', () => {
  it('serves by default and finds a subcommand behind settings', () => {
    expect(read().command.name).toBe('serve');
    const line = read('--allow', 'write', 'call', 'pg_query', 'sql=select 1', '--json', '--fail-on=critical');
    expect(line).toMatchObject({
      command: { name: 'call' },
      words: ['pg_query', 'sql=select 1'],
      usageError: undefined,
    });
    expect([...line.options]).toEqual([
      ['json', 'true'],
      ['fail-on', 'critical'],
    ]);
    expect(line.flags.given.get('allow')).toEqual(['write']);
  });

  it('takes a mode after --confirm as a setting and a code as a code', () => {
    expect(read('call', 't', '--confirm', 'code').flags.given.get('confirm')).toEqual(['code']);
    for (const argv of [['--confirm', 'plan_x'], ['--confirm=plan_x']]) {
      const line = read('call', 't', ...argv, '--confirm=auto');
      expect(line.confirm).toBe('plan_x');
      expect(line.flags.given.get('confirm')).toEqual(['auto']);
    }
    expect(read('check', '--confirm', 'plan_x').usageError).toBe('a code after --confirm belongs to call');
  });

  it('names the nearest subcommand for a mistyped one, and none for a word that is none', () => {
    expect(read('chekc').usageError).toBe('there is no subcommand chekc. Did you mean check?');
    expect(read('frobnicate').usageError).toMatch(/^there is no subcommand frobnicate\. It has: serve, check/);
  });

  it('starts the server although a client gave an address without its flag, and keeps it secret', () => {
    const line = read('postgresql://u:pw@db/x');
    expect(line).toMatchObject({ command: { name: 'serve' }, usageError: undefined });
    expect(line.flags.problems[0]).toMatchObject({ kind: 'unknown', field: 'command line' });
    expect(line.flags.strays).toEqual(['postgresql://u:pw@db/x']);
  });

  it('says whose flag it is, and how many words a command takes', () => {
    expect(read('check', '--vkey', 'x').usageError).toBe('--vkey belongs to verify');
    expect(read('call').usageError).toMatch(/^call needs more words: call TOOL/);
    expect(read('approve', 'a', 'b').usageError).toBe('approve takes fewer words: approve CODE');
  });

  it('shows help and version from anywhere', () => {
    expect(read('call', '--help')).toMatchObject({ command: { name: 'help' }, words: ['call'] });
    expect(read('help', 'verify')).toMatchObject({ command: { name: 'help' }, words: ['verify'] });
    expect(read('-h').command.name).toBe('help');
    expect(read('--version').command.name).toBe('version');
  });

  it('survives any words', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('--', '--confirm', 'plan_x', 'call', '--json=', '--no-json', '--=', '-'),
    );
    fc.assert(
      fc.property(fc.array(word), (argv) => {
        expect(commands.map(({ name }) => name)).toContain(read(...argv).command.name);
      }),
    );
  });

  it('declares every flag that a command has, and no other', () => {
    const used = new Set<string>(commands.flatMap(({ flags }) => flags));
    expect(new Set([...used, 'help', 'version'])).toEqual(new Set(commandFlags.keys()));
  });
});
