import type { SettingRow, SettingsDeclaration } from '@cinecom/mcp-core';

/** The default of a setting as a value it takes; undefined where it is only told in words, as a client would hand those on. */
export function realDefault(row: SettingRow, fields: SettingsDeclaration): string | undefined {
  return fields[row.name]?.shownDefault === undefined ? row.default : undefined;
}
