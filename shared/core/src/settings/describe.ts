import * as z from 'zod';
import { type Kind, kindOf } from './convert.ts';
import { outsideFile } from './core-settings.ts';
import { keyOf } from './merge.ts';
import type { Setting, SettingsDeclaration } from './setting.ts';

/** One setting in words: for help text, README, server.json, plugin user config. */
export interface SettingRow {
  readonly name: string;
  readonly flag: string | undefined;
  readonly env: string | undefined;
  /** Undefined where the settings file cannot hold it. */
  readonly key: string | undefined;
  /** As shown; undefined = none. */
  readonly default: string | undefined;
  readonly required: boolean;
  readonly secret: boolean;
  readonly description: string;
  readonly example: string | undefined;
  readonly kind: Kind;
  /** The values it takes, where these are few. */
  readonly choices: readonly string[];
}

/** Every setting, in order of declaration. */
export function describeSettings(fields: SettingsDeclaration): readonly SettingRow[] {
  return Object.entries(fields).map(([name, declared]) => {
    const parsed = declared.schema.safeParse(undefined);
    return {
      name,
      flag: declared.flag,
      env: declared.env,
      key: outsideFile.has(name) ? undefined : keyOf(name, declared),
      default: declared.shownDefault ?? (parsed.success ? shown(parsed.data) : undefined),
      required: !parsed.success,
      secret: declared.secret ?? false,
      description: declared.description,
      example: declared.example,
      kind: kindOf(declared.schema),
      choices: choicesOf(declared),
    };
  });
}

/** The settings as a Markdown table, for a README. */
export function settingsTable(fields: SettingsDeclaration): string {
  const rows = describeSettings(fields).map((row) => {
    const names = [row.flag && `\`--${row.flag}\``, row.env && `\`${row.env}\``].filter(Boolean).join(' ');
    const marks = [row.required ? 'required' : undefined, row.secret ? 'secret' : undefined].filter(Boolean).join(', ');
    const choices = row.choices.length > 0 ? ` (${row.choices.join(', ')})` : '';
    const text = `${row.description}${choices}${marks === '' ? '' : `; ${marks}`}`;
    return `| ${[names, row.key === undefined ? '' : `\`${row.key}\``, row.default ?? '–', text].map(cell).join(' | ')} |`;
  });
  return ['| flag, variable | file key | default | what |', '|---|---|---|---|', ...rows].join('\n');
}

/** JSON Schema (2020-12) of the settings file: editors then complete and check it. */
export function settingsJsonSchema(fields: SettingsDeclaration): Readonly<Record<string, unknown>> {
  const properties = Object.entries(fields)
    .filter(([name]) => !outsideFile.has(name))
    .map(([name, declared]) => {
      const { $schema: _, ...schema } = z.toJSONSchema(declared.schema, { io: 'input', unrepresentable: 'any' });
      return [keyOf(name, declared), { ...schema, description: declared.description }] as const;
    });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: Object.fromEntries(properties),
    additionalProperties: false,
  };
}

function shown(value: unknown): string | undefined {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return undefined;
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.map(String).join(',') : JSON.stringify(value);
}

function choicesOf(declared: Setting): readonly string[] {
  const schema = z.toJSONSchema(declared.schema, { io: 'input', unrepresentable: 'any' });
  return Array.isArray(schema.enum) ? schema.enum.map(String) : [];
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ');
}
