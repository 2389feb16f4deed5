import { distance } from './nearest.ts';
import type { SettingsDeclaration } from './setting.ts';
import type { Environment } from './sources.ts';

/**
 * Variables of the environment that look like a mistyped name of a setting that is not set: hints for `check`, never errors,
 * as clients hand down their whole environment.
 */
export function nearMisses(fields: SettingsDeclaration, env: Environment): readonly string[] {
  const own = Object.values(fields).flatMap(({ env: name, secret }) =>
    name === undefined ? [] : secret ? [name, `${name}_FILE`] : [name],
  );
  const unset = own.filter((name) => env[name] === undefined && env[name.replace(/_FILE$/, '')] === undefined);
  const hints: string[] = [];
  for (const given of Object.keys(env).toSorted()) {
    if (own.includes(given) || given.length > 64) continue;
    const close = unset.find((name) => isNear(given, name));
    if (close !== undefined) hints.push(`the variable ${given} is not used; did you mean ${close}?`);
  }
  return hints;
}

function isNear(given: string, name: string): boolean {
  if (Math.abs(given.length - name.length) > 2) return false;
  return distance(given.toUpperCase(), name) <= (name.length >= 10 ? 2 : 1);
}
