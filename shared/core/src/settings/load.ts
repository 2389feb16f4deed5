import type * as z from 'zod';
import { convertText, convertTexts } from './convert.ts';
import { readSmallFile, settingPath } from './files.ts';
import { type FlagKind, type ParsedFlags, parseFlags } from './flags.ts';
import type { LoadedSettings, SettingProblem, Source } from './loaded.ts';
import { flagKinds } from './merge.ts';
import { expandVariables, unsetBecause } from './placeholder.ts';
import { invalid, missing, whyOf } from './problems.ts';
import { createSecretList, type SecretList } from './secrets.ts';
import type { Setting, SettingsDeclaration, SettingsValues } from './setting.ts';
import { type Candidate, type Environment, openSources, type Sources } from './sources.ts';

export interface LoadOptions {
  /** Without node and script. */
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly cwd: string;
  /** Package name without scope: `mcp-postgres-admin`; named in fixes. */
  readonly server: string;
}

/**
 * Loads settings: flag > environment > `--env-file` > settings file > default.
 *
 * Never throws over what an operator wrote: what is missing, wrong or unknown becomes a problem that says how to repair
 * it, the field gets its default, and the server starts all the same. Reads only files that are named.
 */
export function loadSettings<const Fields extends SettingsDeclaration>(
  fields: Fields,
  options: LoadOptions & { readonly otherFlags?: ReadonlyMap<string, FlagKind> },
): Promise<LoadedSettings<SettingsValues<Fields>>> {
  const known = new Map([...(options.otherFlags ?? []), ...flagKinds(fields)]);
  return resolveSettings(fields, parseFlags(options.argv, known), options);
}

/** The same for a command line that is split already. */
export async function resolveSettings<const Fields extends SettingsDeclaration>(
  fields: Fields,
  flags: ParsedFlags,
  options: Omit<LoadOptions, 'argv'>,
): Promise<LoadedSettings<SettingsValues<Fields>>> {
  const sources = await openSources(fields, flags, options);
  const secrets = createSecretList();
  for (const stray of flags.strays) secrets.secret(stray);
  const resolved: [string, Resolved][] = [];
  for (const [field, declared] of Object.entries<Setting>(fields)) {
    resolved.push([field, await resolveField(field, declared, { sources, secrets, server: options.server })]);
  }
  return {
    values: Object.fromEntries(resolved.map(([field, { value }]) => [field, value])) as SettingsValues<Fields>,
    sources: Object.fromEntries(resolved.map(([field, { source }]) => [field, source])),
    problems: [...sources.problems, ...resolved.flatMap(([, { problem }]) => problem ?? [])],
    notices: resolved.flatMap(([, { notices }]) => notices),
    secrets: secrets.list(),
    positionals: flags.positionals,
  };
}

interface Resolved {
  readonly value: unknown;
  readonly source: Source;
  readonly problem?: SettingProblem;
  readonly notices: readonly string[];
}

interface Context {
  readonly sources: Sources;
  readonly secrets: SecretList;
  readonly server: string;
}

async function resolveField(field: string, declared: Setting, context: Context): Promise<Resolved> {
  const notices: string[] = [];
  let because: string | undefined;
  for (const candidate of context.sources.candidates(field, declared)) {
    const read = await readCandidate(candidate, declared, context.sources);
    if (read.kind === 'unset') {
      if (read.why !== '') notices.push(`${candidate.label} ${read.why} and counts as unset`);
      if (read.why !== '') because ??= `${candidate.label} ${read.why}`;
      continue;
    }
    if (read.kind === 'failed') {
      const problem = invalid(field, declared, context.server, { label: candidate.label, why: read.why });
      return { ...fallback(declared), source: candidate.source, problem, notices };
    }
    if (declared.secret) {
      context.secrets.secret(read.value);
      notices.push(...exposed(candidate, declared, context.sources));
    } else context.secrets.ordinary(read.value);
    for (const part of declared.secretParts?.(read.value) ?? []) context.secrets.secret(part);
    if (read.dropped !== undefined) notices.push(`a part of ${candidate.label} ${read.dropped} and counts as unset`);
    const parsed = declared.schema.safeParse(read.value);
    if (parsed.success) {
      if (declared.secret) context.secrets.secret(parsed.data);
      return { value: parsed.data, source: candidate.source, notices };
    }
    const why = whyOf(parsed.error.issues, read.raw, declared.secret ?? false);
    const problem = invalid(field, declared, context.server, { label: candidate.label, why });
    return { ...fallback(declared), source: candidate.source, problem, notices };
  }
  const otherwise = fallback(declared);
  if (otherwise.required) return { ...otherwise, problem: missing(field, declared, context.server, because), notices };
  return { ...otherwise, notices };
}

function fallback(declared: Setting): { value: unknown; source: Source; required: boolean } {
  const parsed = declared.schema.safeParse(undefined);
  if (!parsed.success) return { value: undefined, source: 'unset', required: true };
  return { value: parsed.data, source: parsed.data === undefined ? 'unset' : 'default', required: false };
}

type Read =
  /** `dropped`: why one of several texts was passed over. */
  | { readonly kind: 'value'; readonly value: unknown; readonly raw: readonly string[]; readonly dropped?: string }
  /** `why` is empty where nothing needs saying. */
  | { readonly kind: 'unset'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string };

async function readCandidate(candidate: Candidate, declared: Setting, sources: Sources): Promise<Read> {
  const { schema, secret = false } = declared;
  if (candidate.kind === 'path') return readSecretFile(candidate.path, schema, sources);
  if (candidate.kind === 'value') return fromFile(candidate.value, declared, sources.env);
  const raw = candidate.texts.filter((text) => unsetBecause(text) === undefined);
  const [dropped] = candidate.texts.flatMap((text) => unsetBecause(text, secret) ?? []);
  if (raw.length === 0) return { kind: 'unset', why: dropped ?? '' };
  return { kind: 'value', value: convertTexts(schema, raw), raw, ...(dropped !== undefined && { dropped }) };
}

async function readSecretFile(path: string, schema: z.ZodType, sources: Sources): Promise<Read> {
  const why = unsetBecause(path);
  if (why !== undefined) return { kind: 'unset', why };
  const file = await readSmallFile(settingPath(path, sources.cwd, sources.env));
  if (!file.ok) return { kind: 'failed', why: `the file it names cannot be read: ${file.why}` };
  const text = file.text.trim();
  if (text === '') return { kind: 'unset', why: 'names an empty file' };
  return { kind: 'value', value: convertText(schema, text), raw: [text] };
}

function fromFile(value: unknown, { schema, secret }: Setting, env: Environment): Read {
  if (value === undefined || value === null) return { kind: 'unset', why: '' };
  const missingNames: string[] = [];
  const raw: string[] = [];
  const expanded = mapStrings(value, (text) => {
    const done = expandVariables(text, env);
    missingNames.push(...done.missing);
    raw.push(done.text);
    return done.text;
  });
  if (missingNames.length > 0) return { kind: 'unset', why: `uses ${missingNames.join(', ')}, which is not set,` };
  if (typeof expanded !== 'string') return { kind: 'value', value: expanded, raw };
  const why = unsetBecause(expanded, secret);
  return why === undefined ? { kind: 'value', value: convertText(schema, expanded), raw } : { kind: 'unset', why };
}

function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)]));
}

/** Where a secret stands openly. */
function exposed(candidate: Candidate, declared: Setting, sources: Sources): readonly string[] {
  const better = declared.env === undefined ? 'the settings file' : `${declared.env} or ${declared.env}_FILE`;
  if (candidate.source === 'flag') {
    return [`${candidate.label} puts a secret on the command line, where other users may read it; better: ${better}`];
  }
  if (candidate.source !== 'file' || !sources.fileOthersRead) return [];
  return [`${candidate.label} is a secret in a file that others may read: chmod 600 it`];
}
