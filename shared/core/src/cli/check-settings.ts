import type { CheckRow } from '../define/server.ts';
import { nearMisses } from '../settings/hints.ts';
import type { Source } from '../settings/loaded.ts';
import { nameOf } from '../settings/problems.ts';
import { masked } from '../settings/secrets.ts';
import type { Setting } from '../settings/setting.ts';
import type { Session } from './session.ts';

export interface SettingLine {
  readonly field: string;
  readonly name: string;
  /** Secrets masked. */
  readonly value: string;
  readonly source: Source;
  /** The source in words. */
  readonly from: string;
}

/** Every setting of the server, and those of the core that are not left at their default. */
export function settingLines({ server, fields, loaded }: Session): readonly SettingLine[] {
  const own = Object.keys(server.settings);
  const ordered = [...own, ...Object.keys(fields).filter((field) => !own.includes(field))];
  return ordered.flatMap((field) => {
    const declared = fields[field];
    if (declared === undefined) return [];
    const source = loaded.sources[field] ?? 'unset';
    const untouched = source === 'default' || source === 'unset';
    if (untouched && !own.includes(field) && field !== 'allow' && field !== 'confirm') return [];
    const value = shown(loaded.values[field], declared);
    return [{ field, name: nameOf(field, declared), value, source, from: inWords(source, declared) }];
  });
}

function shown(value: unknown, declared: Setting): string {
  if (value !== undefined) return masked(value, declared.secret ?? false) || '–';
  return declared.shownDefault ?? '–';
}

function inWords(source: Source, declared: Setting): string {
  if (source === 'flag') return `flag --${declared.flag}`;
  if (source === 'env') return `variable ${declared.env}`;
  if (source === 'env-file') return `--env-file`;
  return source === 'file' ? 'settings file' : source;
}

/** Problems, then what is no error but worth a look. */
export function settingRows({ loaded, fields, world }: Session): readonly CheckRow[] {
  const problems = loaded.problems.map((problem): CheckRow => ({
    check: problem.field,
    status: 'failed',
    detail: problem.text,
    fix: problem.fix,
  }));
  const warnings = [...loaded.notices, ...nearMisses(fields, world.env)].map((detail): CheckRow => ({
    check: 'settings',
    status: 'warning',
    detail,
  }));
  if (problems.length + warnings.length > 0) return [...problems, ...warnings];
  return [{ check: 'settings', status: 'ok', detail: 'complete and valid' }];
}
