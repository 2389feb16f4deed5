import { nearest } from './nearest.ts';
import type { SettingProblem } from './loaded.ts';

/** How a flag is written: `--name value`, `--name` alone, or `--name value` again and again. */
export type FlagKind = 'value' | 'boolean' | 'list';

export interface ParsedFlags {
  /** By flag name without dashes. */
  readonly given: ReadonlyMap<string, readonly string[]>;
  readonly positionals: readonly string[];
  readonly problems: readonly SettingProblem[];
  /** What stood behind unknown flags: nobody knows whether it is secret, so it is treated as one. */
  readonly strays: readonly string[];
}

interface FlagWord {
  readonly name: string;
  readonly value: string | undefined;
  /** Written with one dash: no flag of these servers, so its word may hold a value. */
  readonly short: boolean;
}

/**
 * Splits a command line: `--flag value`, `--flag=value`, `--flag` and `--no-flag` for booleans, `--` ends the flags.
 *
 * A value beginning with `--` needs the form with `=`. An unknown flag takes the word behind it with it, unless that
 * is one of `commands`: a mistyped `--conection URL` must not turn the URL into a subcommand.
 */
export function parseFlags(
  argv: readonly string[],
  known: ReadonlyMap<string, FlagKind>,
  commands: ReadonlySet<string> = new Set(),
): ParsedFlags {
  const given = new Map<string, string[]>();
  const positionals: string[] = [];
  const problems: SettingProblem[] = [];
  const strays: string[] = [];

  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (word === '--') {
      positionals.push(...argv.slice(index + 1));
      break;
    }
    const flag = flagWord(word, known);
    if (flag === undefined) {
      positionals.push(word);
      continue;
    }
    const following = argv[index + 1];
    const free = following !== undefined && !following.startsWith('--') ? following : undefined;
    const kind = known.get(flag.name);
    if (kind === undefined) {
      problems.push(unknownFlag(flag, known));
      // `-pVALUE`, as other programs take it.
      if (flag.short) strays.push(flag.name.slice(1));
      const value = flag.value ?? (free !== undefined && !commands.has(free) ? free : undefined);
      if (value !== undefined) strays.push(value);
      if (value !== undefined && flag.value === undefined) index += 1;
      continue;
    }
    const value = flag.value ?? (kind === 'boolean' ? 'true' : free);
    if (value === undefined) {
      problems.push(problem(flag.name, 'needs a value', `Write --${flag.name} VALUE or --${flag.name}=VALUE.`));
      continue;
    }
    if (flag.value === undefined && kind !== 'boolean') index += 1;
    const before = given.get(flag.name) ?? [];
    if (before.length > 0 && kind !== 'list') {
      problems.push(problem(flag.name, 'is given more than once', `Keep one --${flag.name}.`));
    }
    given.set(flag.name, kind === 'list' ? [...before, value] : [value]);
  }
  return { given, positionals, problems, strays };
}

function flagWord(word: string, known: ReadonlyMap<string, FlagKind>): FlagWord | undefined {
  if (word === '-h') return { name: 'help', value: undefined, short: false };
  if (!/^--?[A-Za-z_]/.test(word)) return undefined;
  const text = word.replace(/^--?/, '');
  const short = !word.startsWith('--');
  const equals = text.indexOf('=');
  if (equals >= 0) return { name: text.slice(0, equals), value: text.slice(equals + 1), short };
  const positive = text.startsWith('no-') ? text.slice(3) : undefined;
  if (positive !== undefined && known.get(positive) === 'boolean') return { name: positive, value: 'false', short };
  return { name: text, value: undefined, short };
}

function unknownFlag({ name, short }: FlagWord, known: ReadonlyMap<string, FlagKind>): SettingProblem {
  const close = nearest(name, known.keys());
  const shown = short ? `-${name.slice(0, 1)}…` : `--${shownName(name)}`;
  return {
    field: shown,
    kind: 'unknown',
    text: `there is no flag ${shown}`,
    fix: `${close === undefined ? '' : `Did you mean --${close}? `}--help lists all flags.`,
  };
}

/** A name from outside, short enough that it is hardly a secret. */
export function shownName(name: string): string {
  return /^[\w.-]{1,40}$/.test(name) ? name : `${name.replaceAll(/[^\w.-]/g, '').slice(0, 12)}…`;
}

function problem(flag: string, what: string, fix: string): SettingProblem {
  return { field: `--${flag}`, kind: 'invalid', text: `--${flag} ${what}`, fix };
}
