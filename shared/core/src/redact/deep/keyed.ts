import { ruleOf, schemeLength } from '../layers/assignment.ts';
import type { KeyClass } from '../layers/keys.ts';
import { isPersonalNumber } from '../layers/personal.ts';
import { isSecretValue } from '../layers/values.ts';
import type { Marker } from '../scan/replace.ts';
import { markPattern } from '../scan/spans.ts';
import type { PersonalModes } from '../types.ts';

const inObject = { quoted: true, spaced: false, separator: ':', after: '' } as const;

/**
 * What a value under a telling key becomes as a whole.
 *
 * @returns undefined where the key proves nothing or only earlier replacements are left
 */
export function redactKeyed(key: KeyClass, text: string, marker: Marker, modes: PersonalModes): string | undefined {
  if (key === 'my-number') return redactMyNumber(text, marker, modes);
  const begin = key === 'header' || key === 'auth' ? schemeLength(text) : 0;
  const secret = text.slice(begin);
  if (!isSecretValue(key, secret, inObject)) return undefined;
  if (secret.replaceAll(new RegExp(markPattern, 'g'), '').trim() === '') return undefined;
  if (marker.exempt !== undefined && secret.replace(marker.exempt, '') === '') return undefined;
  return `${text.slice(0, begin)}${marker.mark(ruleOf(key), secret)}`;
}

function redactMyNumber(text: string, marker: Marker, modes: PersonalModes): string | undefined {
  if (modes.myNumber === 'off' || !isPersonalNumber(text)) return undefined;
  return modes.myNumber === 'mask' ? '[REDACTED:my-number:****]' : marker.mark('my-number', text.replaceAll(/\D/g, ''));
}
