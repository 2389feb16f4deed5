import type * as z from 'zod';
import type { SettingProblem } from './loaded.ts';
import { keyOf } from './merge.ts';
import type { Setting } from './setting.ts';

/** A required setting that nobody gave. `because`: what was found in its place. */
export function missing(field: string, declared: Setting, server: string, because: string | undefined): SettingProblem {
  const name = nameOf(field, declared);
  const text = because === undefined ? `${name} is not set` : `${name} is not set: ${because}`;
  return { field, kind: 'missing', text, fix: fixOf(field, declared, server) };
}

/** A setting whose value does not parse. `label`: where the value stands. */
export function invalid(
  field: string,
  declared: Setting,
  server: string,
  wrong: { readonly label: string; readonly why: string },
): SettingProblem {
  return {
    field,
    kind: 'invalid',
    text: `${wrong.label} is not valid: ${wrong.why}`,
    fix: fixOf(field, declared, server),
  };
}

/**
 * What a schema says against a value, in one line, without the value.
 *
 * @param raw strings of the value: of a secret not even a message that quotes it is passed on
 */
export function whyOf(issues: readonly z.core.$ZodIssue[], raw: readonly string[], secret: boolean): string {
  const lines = issues.slice(0, 3).map((issue) => {
    const where = issue.path.length > 0 ? `${issue.path.map(String).join('.')}: ` : '';
    return where + issue.message.replace(/^Invalid (input|option): /, '').replaceAll(/\s+/g, ' ');
  });
  const text = lines.join('; ');
  const quotes = raw.some((value) => value.length > 2 && text.includes(value));
  return secret && quotes ? 'it does not have the right form' : text;
}

/** The name an operator knows a setting by: variable, else flag, else key of the settings file. */
export function nameOf(field: string, declared: Setting): string {
  return declared.env ?? (declared.flag === undefined ? keyOf(field, declared) : `--${declared.flag}`);
}

/** Every way to give a setting, then one command that does. */
function fixOf(field: string, declared: Setting, server: string): string {
  const key = keyOf(field, declared);
  const ways = [
    declared.env === undefined ? undefined : `the variable ${declared.env}`,
    declared.flag === undefined ? undefined : `the flag --${declared.flag}`,
    `the key "${key}" of the settings file`,
  ].filter((way) => way !== undefined);
  const listed = ways.length === 1 ? ways[0] : `${ways.slice(0, -1).join(', ')} or ${ways.at(-1)}`;
  return `Set ${listed}. For example: ${exampleCommand(field, declared, server)}`;
}

/** `claude mcp add …`, with `--` so that the client leaves the server's flags alone. */
function exampleCommand(field: string, declared: Setting, server: string): string {
  const short = server.replace(/^mcp-/, '');
  const value = quoted(declared.example ?? declared.shownDefault ?? 'VALUE');
  if (declared.env !== undefined) return `claude mcp add ${short} -e ${declared.env}=${value} -- ${server}`;
  if (declared.flag !== undefined) return `claude mcp add ${short} -- ${server} --${declared.flag} ${value}`;
  return `${keyOf(field, declared)}: ${value}`;
}

function quoted(text: string): string {
  return /^[\w@%+=:,./?-]+$/.test(text) && !text.includes('?') ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
