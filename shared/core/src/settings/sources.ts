import { parseEnv } from 'node:util';
import { outsideFile } from './core-settings.ts';
import { readSmallFile, settingPath } from './files.ts';
import type { ParsedFlags } from './flags.ts';
import { shownName } from './flags.ts';
import type { SettingProblem, Source } from './loaded.ts';
import { keyOf } from './merge.ts';
import { nearest } from './nearest.ts';
import { unsetBecause } from './placeholder.ts';
import type { Setting, SettingsDeclaration } from './setting.ts';
import { readSettingsFile } from './settings-file.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** One place that gives a value. */
export type Candidate = { readonly source: Source; readonly label: string } & (
  | { readonly kind: 'texts'; readonly texts: readonly string[] }
  /** `<ENV>_FILE`: the value is what the file holds. */
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'value'; readonly value: unknown }
);

/** Everywhere settings may stand, read once. */
export interface Sources {
  readonly env: Environment;
  readonly cwd: string;
  readonly problems: readonly SettingProblem[];
  readonly fileOthersRead: boolean;
  /** Where a field is given, first wins: flag, environment, env-file, settings file. */
  candidates(field: string, declared: Setting): readonly Candidate[];
}

export async function openSources(
  fields: SettingsDeclaration,
  flags: ParsedFlags,
  options: { readonly env: Environment; readonly cwd: string },
): Promise<Sources> {
  const { env, cwd } = options;
  const envFilePath = pathGiven(flags.given.get('env-file')?.[0]);
  const envFile = envFilePath === undefined ? undefined : await readEnvFile(settingPath(envFilePath, cwd, env));
  const filePath =
    pathGiven(flags.given.get('settings')?.[0]) ??
    pathGiven(env['CINECOM_SETTINGS']) ??
    pathGiven(envFile?.values['CINECOM_SETTINGS']);
  const file = filePath === undefined ? undefined : await readSettingsFile(settingPath(filePath, cwd, env));
  const unknown = file === undefined ? [] : unknownKeys(Object.keys(file.values), fields);
  return {
    env: envFile === undefined ? env : { ...envFile.values, ...filledIn(env) },
    cwd,
    problems: [...flags.problems, ...(envFile?.problems ?? []), ...(file?.problems ?? []), ...unknown],
    fileOthersRead: file?.othersRead ?? false,
    candidates(field, declared) {
      const texts = declared.flag === undefined ? undefined : flags.given.get(declared.flag);
      const given: Candidate[] = texts ? [{ kind: 'texts', source: 'flag', label: `--${declared.flag}`, texts }] : [];
      given.push(...fromEnvironment(declared, env, 'env'));
      if (envFile) given.push(...fromEnvironment(declared, envFile.values, 'env-file'));
      const key = keyOf(field, declared);
      if (file && Object.hasOwn(file.values, key) && !outsideFile.has(field)) {
        given.push({ kind: 'value', source: 'file', label: `"${key}" in the settings file`, value: file.values[key] });
      }
      return given;
    },
  };
}

function pathGiven(path: string | undefined): string | undefined {
  return path === undefined || unsetBecause(path) !== undefined ? undefined : path;
}

/** Without what counts as unset, so that it does not hide the same name in the env-file. */
function filledIn(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, text]) => unsetBecause(text ?? '') === undefined));
}

function fromEnvironment(declared: Setting, env: Environment, source: Source): readonly Candidate[] {
  if (declared.env === undefined) return [];
  const given: Candidate[] = [];
  const text = env[declared.env];
  if (text !== undefined) given.push({ kind: 'texts', source, label: declared.env, texts: [text] });
  const path = declared.secret ? env[`${declared.env}_FILE`] : undefined;
  if (path !== undefined) given.push({ kind: 'path', source, label: `${declared.env}_FILE`, path });
  return given;
}

async function readEnvFile(path: string): Promise<{ values: Environment; problems: readonly SettingProblem[] }> {
  const file = await readSmallFile(path);
  if (file.ok) return { values: parseEnv(file.text), problems: [] };
  const text = `the file ${path} of --env-file cannot be read: ${file.why}`;
  return {
    values: {},
    problems: [{ field: 'envFile', kind: 'invalid', text, fix: 'Correct the path after --env-file.' }],
  };
}

const shownKeys = 10;

function unknownKeys(given: readonly string[], fields: SettingsDeclaration): readonly SettingProblem[] {
  const known = new Set(Object.entries(fields).map(([field, declared]) => keyOf(field, declared)));
  for (const field of outsideFile) known.delete(field);
  const unknown = given.filter((key) => !known.has(key));
  const problems = unknown.slice(0, shownKeys).map((key) => unknownKey(key, known));
  const rest = unknown.length - problems.length;
  if (rest === 0) return problems;
  const text = `the settings file has ${rest} more keys that do not exist`;
  return [...problems, { field: 'settings', kind: 'unknown', text, fix: 'Remove them; perhaps it is another file.' }];
}

function unknownKey(key: string, known: ReadonlySet<string>): SettingProblem {
  const close = nearest(key, known);
  const shown = shownName(key);
  return {
    field: shown,
    kind: 'unknown',
    text: `the settings file has a key "${shown}" that does not exist`,
    fix: close === undefined ? `Remove it; keys are: ${[...known].join(', ')}.` : `Did you mean "${close}"?`,
  };
}
