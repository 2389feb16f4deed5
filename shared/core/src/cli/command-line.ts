import { type ParsedFlags, parseFlags, shownName } from '../settings/flags.ts';
import type { SettingProblem } from '../settings/loaded.ts';
import { commandFlags, flagKinds } from '../settings/merge.ts';
import { nearest } from '../settings/nearest.ts';
import type { SettingsDeclaration } from '../settings/setting.ts';
import { type Command, commandOf, commands } from './commands.ts';

/** A command line, understood. */
export interface CommandLine {
  readonly command: Command;
  readonly words: readonly string[];
  /** Flags of the command itself, the last one given. */
  readonly options: ReadonlyMap<string, string>;
  /** What the settings loader takes. */
  readonly flags: ParsedFlags;
  /** `--confirm plan_…`: a code, where a mode would be a setting. */
  readonly confirm: string | undefined;
  /** Why the command cannot run. `serve` always can. */
  readonly usageError: string | undefined;
}

/** Splits a command line into subcommand, its words and flags, and settings. Never throws, never quotes a value. */
export function readCommandLine(argv: readonly string[], fields: SettingsDeclaration): CommandLine {
  const { rest, confirm } = takeConfirm(argv);
  const names = new Set<string>(commands.map(({ name }) => name));
  const parsed = parseFlags(rest, new Map([...commandFlags, ...flagKinds(fields)]), names);
  const options = new Map<string, string>();
  const given = new Map(parsed.given);
  for (const flag of commandFlags.keys()) {
    const value = given.get(flag)?.at(-1);
    given.delete(flag);
    if (value !== undefined) options.set(flag, value);
  }
  const chosen = choose(parsed.positionals, options);
  const flags = { ...parsed, given, positionals: chosen.words };
  const line = { command: chosen.command, options, confirm, flags, words: chosen.words };
  const usageError = chosen.usageError ?? misuse(line);
  if (line.command.name !== 'serve' || chosen.usageError !== undefined) return { ...line, usageError };
  // A server that a client starts must come up all the same: what is too much becomes a problem of its settings.
  const problems = usageError === undefined ? [] : [strayProblem(usageError)];
  const strays = [...flags.strays, ...chosen.words];
  return { ...line, flags: { ...flags, strays, problems: [...flags.problems, ...problems] }, usageError: undefined };
}

function takeConfirm(argv: readonly string[]): { rest: readonly string[]; confirm: string | undefined } {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const joined = argv.findIndex((word, index) => index < end && word.startsWith('--confirm=plan_'));
  if (joined >= 0) return { rest: argv.toSpliced(joined, 1), confirm: argv[joined]?.slice('--confirm='.length) };
  const flag = argv.findIndex((word, index) => index + 1 < end && word === '--confirm' && isCode(argv[index + 1]));
  return flag < 0 ? { rest: argv, confirm: undefined } : { rest: argv.toSpliced(flag, 2), confirm: argv[flag + 1] };
}

function isCode(word: string | undefined): boolean {
  return word?.startsWith('plan_') ?? false;
}

const [serve] = commands;

function choose(
  positionals: readonly string[],
  options: ReadonlyMap<string, string>,
): { readonly command: Command; readonly words: readonly string[]; readonly usageError?: string } {
  const [first, ...words] = positionals;
  if (options.get('help') === 'true')
    return { command: commandOf('help') ?? serve, words: first === 'help' ? words : positionals.slice(0, 1) };
  if (options.get('version') === 'true') return { command: commandOf('version') ?? serve, words: [] };
  if (first === undefined) return { command: serve, words: [] };
  const command = commandOf(first);
  if (command) return { command, words };
  // An address or path given without its flag is no mistyped subcommand.
  if (!/^[a-z][a-z-]{0,19}$/i.test(first)) return { command: serve, words: positionals };
  return { command: serve, words: [], usageError: noSuch(first) };
}

function noSuch(name: string): string {
  const names = commands.map((command) => command.name);
  const close = nearest(name, names);
  const hint = close === undefined ? `It has: ${names.join(', ')}.` : `Did you mean ${close}?`;
  return `there is no subcommand ${shownName(name)}. ${hint}`;
}

function misuse(line: Pick<CommandLine, 'command' | 'options' | 'words' | 'confirm'>): string | undefined {
  const { command, options, words, confirm } = line;
  if (command.name === 'version' || options.get('help') === 'true') return undefined;
  const [topic] = words;
  if (command.name === 'help' && topic !== undefined && commandOf(topic) === undefined) return noSuch(topic);
  for (const flag of options.keys()) {
    if (command.flags.includes(flag) || flag === 'help' || flag === 'version') continue;
    const users = commands.filter(({ flags }) => (flags as readonly string[]).includes(flag)).map(({ name }) => name);
    return `--${flag} belongs to ${users.join(', ')}`;
  }
  if (confirm !== undefined && command.name !== 'call') return 'a code after --confirm belongs to call';
  if (words.length < command.words.least) return `${command.name} needs more words: ${command.usage}`;
  if (words.length <= command.words.most) return undefined;
  return command.name === 'serve'
    ? 'the command line has a word that belongs to no flag'
    : `${command.name} takes fewer words: ${command.usage}`;
}

function strayProblem(text: string): SettingProblem {
  return {
    field: 'command line',
    kind: 'unknown',
    text,
    fix: 'Put the flag before it that it is meant for; --help lists all flags.',
  };
}
