import { coreSettings } from './core-settings.ts';
import type { FlagKind } from './flags.ts';
import { kindOf } from './convert.ts';
import type { Setting, SettingsDeclaration } from './setting.ts';

/** Flags of the subcommands; no setting may take their names. */
export const commandFlags: ReadonlyMap<string, FlagKind> = new Map([
  ['help', 'boolean'],
  ['version', 'boolean'],
  ['json', 'boolean'],
  ['args', 'value'],
  ['fail-on', 'value'],
  ['dir', 'value'],
  ['vkey', 'value'],
]);

export type MergedSettings<Fields extends SettingsDeclaration> = typeof coreSettings & Fields;

/**
 * The settings of a server together with the core's own.
 *
 * @throws TypeError when two settings share a field, flag, variable or file key, or a name breaks its grammar: a fault
 * of the declaration, found by the first test that starts the server
 */
export function mergeSettings<const Fields extends SettingsDeclaration>(fields: Fields): MergedSettings<Fields> {
  const taken = new Map<string, string>([...commandFlags.keys()].map((flag) => [`--${flag}`, 'the command line']));
  const take = (name: string | undefined, owner: string): void => {
    if (name === undefined) return;
    const before = taken.get(name);
    if (before !== undefined) throw new TypeError(`setting ${owner}: ${name} belongs to ${before} already`);
    taken.set(name, owner);
  };
  for (const [field, declared] of [...Object.entries<Setting>(coreSettings), ...Object.entries<Setting>(fields)]) {
    checkGrammar(field, declared);
    take(`field ${field}`, field);
    take(declared.flag && `--${declared.flag}`, field);
    take(declared.env && `$${declared.env}`, field);
    if (declared.secret && declared.env) take(`$${declared.env}_FILE`, field);
    take(`key ${keyOf(field, declared)}`, field);
  }
  return { ...coreSettings, ...fields };
}

/** Key of a field in the settings file. */
export function keyOf(field: string, declared: Setting): string {
  return declared.key ?? field;
}

/** How each declared flag is written. */
export function flagKinds(fields: SettingsDeclaration): Map<string, FlagKind> {
  const kinds = new Map<string, FlagKind>();
  for (const declared of Object.values(fields)) {
    if (declared.flag === undefined) continue;
    const kind = kindOf(declared.schema);
    kinds.set(declared.flag, kind === 'boolean' || kind === 'list' ? kind : 'value');
  }
  return kinds;
}

function checkGrammar(field: string, { flag, env, key }: Setting): void {
  const wrong =
    (!/^[a-z][A-Za-z0-9]*$/.test(field) && `field ${field}`) ||
    (flag !== undefined && !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(flag) && `flag --${flag}`) ||
    (env !== undefined && !/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(env) && `variable ${env}`) ||
    (key !== undefined && !/^[a-z][A-Za-z0-9]*$/.test(key) && `key ${key}`);
  if (wrong) throw new TypeError(`setting ${field}: ${wrong} breaks the naming rule`);
}
