import { randomBytes } from 'node:crypto';
import { createRedactor } from './redactor.ts';

/**
 * Tells texts that hold neither a secret nor personal data from those that do. For what leaves around the redaction of
 * answers, as the names in a picture.
 */
export function openText(): (text: string) => boolean {
  const pii = { cards: 'mask', myNumber: 'mask', mail: 'mask', phone: 'mask' } as const;
  const redactor = createRedactor({ secrets: [], env: {}, pii, tagKey: randomBytes(16) });
  return (text) => redactor.line(text) === text;
}
