import type { Server } from '../define/server.ts';
import { coreSettings } from '../settings/core-settings.ts';
import { describeSettings, type SettingRow } from '../settings/describe.ts';
import type { SettingsDeclaration } from '../settings/setting.ts';
import { type Command, commandOf, commands } from './commands.ts';

const exitCodeText = `Exit codes: 0 ok; 1 tool error; 2 settings or usage; 3 refused; 4 a plan waits for --confirm; 5 backend unreachable;
6 outcome of a change unknown; 10 and 11 verdict warning and critical under --fail-on; 130 interrupted.`;

/** `--help`: everything on one page, generated from commands and settings. */
function helpText(server: Server): string {
  const width = Math.max(...commands.map(({ usage }) => Math.min(usage.length, 30)));
  const lines = commands.flatMap(({ usage, summary }) =>
    usage.length > width
      ? [`  ${usage}`, `  ${' '.repeat(width)}  ${summary}`]
      : [`  ${usage.padEnd(width)}  ${summary}`],
  );
  return [
    `${server.name} ${server.version} – ${server.title}`,
    '',
    `Usage: ${server.name} [COMMAND] [settings]`,
    '',
    'Commands',
    ...lines,
    '',
    'Settings of this server',
    ...settingLines(server.settings),
    '',
    'Settings of every server',
    ...settingLines(coreSettings),
    '',
    'A setting is taken from its flag, else its variable, else --env-file, else the settings file (by the key in',
    'brackets), else its default. A secret SETTING is also read from the file that SETTING_FILE names.',
    exitCodeText,
    '',
  ].join('\n');
}

/** `help COMMAND`, else the whole page. */
export function commandHelp(server: Server, name: string | undefined): string {
  const command: Command | undefined = name === undefined ? undefined : commandOf(name);
  if (command === undefined) return helpText(server);
  return [`Usage: ${server.name} ${command.usage}`, '', `${command.summary}.`, ...command.details, ''].join('\n');
}

function settingLines(fields: SettingsDeclaration): readonly string[] {
  const rows = describeSettings(fields);
  return rows.length === 0 ? ['  none'] : rows.flatMap(settingLine);
}

function settingLine(row: SettingRow): readonly string[] {
  const names = [
    row.flag === undefined ? undefined : `--${row.flag}${valueOf(row)}`,
    row.env,
    row.key === undefined ? undefined : `[${row.key}]`,
  ];
  const notes = [
    row.required ? 'required' : undefined,
    row.secret ? 'secret' : undefined,
    row.default === undefined ? undefined : `default ${row.default}`,
    row.required && row.example !== undefined ? `example ${row.example}` : undefined,
  ].filter((note) => note !== undefined);
  const about = notes.length === 0 ? row.description : `${row.description} (${notes.join('; ')})`;
  return [`  ${names.filter((name) => name !== undefined).join('  ')}`, `      ${about}`];
}

function valueOf({ kind, choices }: SettingRow): string {
  if (kind === 'boolean') return '';
  if (choices.length > 0) return ` ${choices.join('|')}`;
  return kind === 'list' ? ' A,B' : kind === 'number' ? ' NUMBER' : ' VALUE';
}
