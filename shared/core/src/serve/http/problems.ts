import type { LoadedSettings } from '../../settings/loaded.ts';
import { httpSettings } from '../../settings/http-settings.ts';
import type { Setting } from '../../settings/setting.ts';

/** Why nothing listens, and what repairs it. Texts hold no value of a secret. */
export interface HttpProblem {
  readonly text: string;
  readonly fix: string;
}

export type Complain = (text: string, fix: string) => void;

/**
 * HTTP settings that did not load. A server that would start without them could be open where it was meant to be
 * closed: without its token, or to every address. `serve` over stdio has no such doors, and starts all the same.
 */
export function unloadedSettings(
  loaded: Pick<LoadedSettings<unknown>, 'problems' | 'notices'>,
): readonly HttpProblem[] {
  const declared: Readonly<Record<string, Setting>> = httpSettings;
  const wrong = loaded.problems.filter(({ field, kind }) => kind === 'unknown' || Object.hasOwn(declared, field));
  const labels = Object.entries(declared).flatMap(([field, one]) => labelsOf(field, one));
  const unfilled = loaded.notices.filter(
    (notice) =>
      notice.endsWith('counts as unset') &&
      !notice.includes(' is empty and ') &&
      labels.some((label) => notice.replace(/^a part of /, '').startsWith(`${label} `)),
  );
  return [
    ...wrong.map(({ text, fix }) => ({ text, fix })),
    ...unfilled.map((text) => ({ text, fix: 'Give it a value, or take it out.' })),
  ];
}

/** How the loader names the places of a setting. */
function labelsOf(field: string, { flag, env, key }: Setting): readonly string[] {
  return [
    ...(flag === undefined ? [] : [`--${flag}`]),
    ...(env === undefined ? [] : [env, `${env}_FILE`]),
    `"${key ?? field}" in the settings file`,
  ];
}
