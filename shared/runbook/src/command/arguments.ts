import { parseArgs } from 'node:util';
import { messageOf, Problem } from '../problem.ts';
import { type FailOn, failOns } from '../run/exit-codes.ts';
import { meant } from '../nearest.ts';
import { parseDuration } from '../runbook/duration.ts';
import type { Language } from '../runbook/types.ts';

/** A runbook to run or to check. */
export interface Job {
  readonly kind: 'run' | 'check';
  readonly file: string;
  readonly servers: string;
  readonly inputs: ReadonlyMap<string, string>;
  readonly language: Language | undefined;
  readonly json: boolean;
  readonly out: string | undefined;
  readonly quiet: boolean;
  readonly failOn: FailOn;
  readonly allowChanges: boolean;
  readonly concurrency: number;
  readonly startTimeoutMs: number;
}

/** What the command line asks for. */
export type Command = { readonly kind: 'help' } | { readonly kind: 'version' } | Job;

const options = {
  servers: { type: 'string', default: '.mcp.json' },
  input: { type: 'string', multiple: true, default: [] as string[] },
  lang: { type: 'string' },
  json: { type: 'boolean', default: false },
  out: { type: 'string' },
  quiet: { type: 'boolean', default: false },
  'fail-on': { type: 'string', default: 'critical' },
  'allow-changes': { type: 'boolean', default: false },
  concurrency: { type: 'string', default: '4' },
  'start-timeout': { type: 'string', default: '30s' },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', default: false },
} as const;

const fix = 'See "cinecom-runbook --help".';

/** @throws Problem for what the command does not know */
export function parseCommand(argv: readonly string[]): Command {
  const { positionals, values } = parsed(argv);
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const [first, ...others] = positionals;
  const kind = first === 'check' ? 'check' : 'run';
  const files = first === 'run' || first === 'check' ? others : positionals;
  const [file] = files;
  if (file === undefined) throw new Problem('no runbook is given', fix);
  if (files.length > 1) throw new Problem(`one runbook at a time, not also "${files[1]}"`, fix);
  return {
    kind,
    file,
    servers: values.servers,
    inputs: inputsOf(values.input),
    language: values.lang === undefined ? undefined : oneOf('--lang', values.lang, ['en', 'ja'] as const),
    json: values.json,
    out: values.out,
    quiet: values.quiet,
    failOn: oneOf('--fail-on', values['fail-on'], failOns),
    allowChanges: values['allow-changes'],
    concurrency: concurrencyOf(values.concurrency),
    startTimeoutMs: startTimeoutOf(values['start-timeout']),
  };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    const flag = /'--?([\w-]+)/.exec(messageOf(error))?.[1];
    if (flag === undefined || Object.hasOwn(options, flag)) throw new Problem(messageOf(error), fix);
    const names = Object.keys(options).map((name) => `--${name}`);
    throw new Problem(`there is no --${flag}${meant(`--${flag}`, names)}`, fix);
  }
}

function inputsOf(given: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    given.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new Problem(`--input "${pair}" is not NAME=VALUE`, fix);
      return [pair.slice(0, at), pair.slice(at + 1)] as const;
    }),
  );
}

function oneOf<Value extends string>(flag: string, given: string, allowed: readonly Value[]): Value {
  const found = allowed.find((value) => value === given);
  if (found === undefined) throw new Problem(`${flag} is one of ${allowed.join(', ')}, not "${given}"`, fix);
  return found;
}

function concurrencyOf(given: string): number {
  const count = Number(given);
  if (Number.isInteger(count) && count >= 1 && count <= 64) return count;
  throw new Problem(`--concurrency is a number from 1 to 64, not "${given}"`, fix);
}

function startTimeoutOf(given: string): number {
  const ms = parseDuration(given);
  if (ms !== undefined && ms >= 1000 && ms <= 600_000) return ms;
  throw new Problem(`--start-timeout is a time from 1s to 10m, not "${given}"`, fix);
}
