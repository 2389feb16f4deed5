import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FlagKind, parseFlags, shownName } from './flags.ts';

const known: ReadonlyMap<string, FlagKind> = new Map([
  ['connection', 'value'],
  ['databases', 'list'],
  ['json', 'boolean'],
  ['help', 'boolean'],
]);
const value = fc.string().filter((text) => !text.startsWith('--'));

describe('parseFlags', () => {
  it('reads what was written, in either form and any order', () => {
    fc.assert(
      fc.property(value, fc.array(value), fc.boolean(), fc.boolean(), (one, many, json, joined) => {
        const write = (flag: string, text: string) => (joined ? [`--${flag}=${text}`] : [`--${flag}`, text]);
        const argv = [
          ...many.flatMap((text) => write('databases', text)),
          ...write('connection', one),
          ...(json ? ['--json'] : []),
        ];
        const { given, positionals, problems } = parseFlags(argv, known);
        expect(given.get('connection')).toEqual([one]);
        expect(given.get('databases') ?? []).toEqual(many);
        expect(given.get('json')).toEqual(json ? ['true'] : undefined);
        expect([positionals, problems]).toEqual([[], []]);
      }),
    );
  });

  it('survives any words and loses none of them silently', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('-', '=', 'a', 'json', 'connection', ' ') })), (argv) => {
        const parsed = parseFlags(argv, known);
        const kept = parsed.positionals.length + parsed.problems.length + [...parsed.given.values()].flat().length;
        expect(kept).toBeGreaterThanOrEqual(Math.min(argv.filter((word) => word !== '--').length, 1));
      }),
    );
  });

  it('keeps a subcommand behind an unknown flag, and takes any other word as its value', () => {
    const commands = new Set(['check']);
    expect(parseFlags(['--jsno', 'check'], known, commands).positionals).toEqual(['check']);
    const taken = parseFlags(['--url', 'http://x', 'check'], known, commands);
    expect(taken).toMatchObject({ positionals: ['check'], strays: ['http://x'] });
  });

  it('reports a flag without its value and one given twice', () => {
    const { problems } = parseFlags(['--connection', '--json', '--connection=a', '--connection=b'], known);
    expect(problems.map((problem) => problem.text)).toEqual([
      '--connection needs a value',
      '--connection is given more than once',
    ]);
  });

  it('shows of a word with one dash no more than a letter: other programs take passwords like that', () => {
    const password = ['hunter', '2'].join('');
    const { problems, strays } = parseFlags([`-p${password}`, 'check'], known, new Set(['check']));
    expect(problems[0]).toMatchObject({ field: '-p…', text: 'there is no flag -p…' });
    expect(strays).toEqual([password]);
  });

  it('shows only names that are hardly a secret', () => {
    expect(shownName('conection')).toBe('conection');
    expect(shownName('a'.repeat(50))).toBe(`${'a'.repeat(12)}…`);
  });
});
