import type { Json } from '../json.ts';
import { isList, isObject } from '../json.ts';

const variable = /\$\{(?:env:)?([A-Za-z_]\w{0,127})(?::-([^}]{0,1024}))?\}/g;

/**
 * Replaces `${NAME}` and `${NAME:-otherwise}` in every string, as Claude Code does; `${env:NAME}` as VS Code does.
 *
 * @param missing is told each name that is unset and has no alternative
 */
export function expandVariables(
  value: Json,
  env: Readonly<Record<string, string | undefined>>,
  missing: (name: string) => void,
): Json {
  if (isList(value)) return value.map((item) => expandVariables(item, env, missing));
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expandVariables(item, env, missing)]));
  }
  if (typeof value !== 'string') return value;
  return value.replaceAll(variable, (whole, name: string, otherwise: string | undefined) => {
    const found = env[name] || otherwise;
    if (found === undefined) missing(name);
    return found ?? whole;
  });
}
