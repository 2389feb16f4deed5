import { createHmac, randomBytes } from 'node:crypto';
import { createRedactor } from '@cinecom/mcp-core/redact';
import { hidePerson } from '../analysis/events/hide-person.ts';

/** A text without what must not be passed on; the same in every process, so that it can still be searched for. */
export type Clean = (text: string) => string;

export interface Cleaning {
  /** Secrets only, for what is sent: addresses of machines are what an alert is about. */
  readonly secrets: Clean;
  /** Secrets, mail addresses and public network addresses, for what events of users hold. */
  readonly personal: Clean;
  /** The value of a tag or a column: as `personal`, but versions stay and users get a name of this process. */
  readonly byKey: (key: string, value: string) => string;
}

/** Versions may look like addresses of people or machines, and are compared. */
const releaseKeys = /^(sentry:)?(release|dist)$|^release\.(version|package|build)$/;
const versionKeys = /(^|[._])version$/;

const none = { cards: 'off', myNumber: 'off', mail: 'off', phone: 'off' } as const;
const address = '[REDACTED:ip]';

/** @param known secrets of the settings */
export function createCleaning(known: readonly string[]): Cleaning {
  const common = { secrets: known, env: process.env, tagKey: randomBytes(16) };
  const bare = createRedactor({ ...common, pii: none });
  const strict = createRedactor({ ...common, pii: { ...none, cards: 'mask', mail: 'mask' } });
  const personal: Clean = (text) => withoutAddresses(untagged(strict.line(text)));
  // without a key the few users of a service could be tried one by one
  const userKey = randomBytes(16);
  const nameOf = (user: string): string =>
    `user#${createHmac('sha256', userKey).update(user).digest('hex').slice(0, 6)}`;
  return {
    secrets: (text) => untagged(bare.line(text)),
    personal,
    byKey: (key, value) =>
      releaseKeys.test(key) || (versionKeys.test(key) && /^[\w.+-]+$/.test(value))
        ? value
        : personal(hidePerson(key, value, nameOf)),
  };
}

/** Without the tag that tells equal secrets of one process from others. */
function untagged(text: string): string {
  return text.replaceAll(/\[REDACTED:([\w-]{1,40}):[0-9a-f]{1,16}\]/g, '[REDACTED:$1]');
}

/** Addresses of private networks and of the own host stay: they tell which machine fails, not who was there. */
function withoutAddresses(text: string): string {
  return text
    .replaceAll(
      /(?<![\w.@-])(\d{1,3})\.(\d{1,3})\.\d{1,3}\.\d{1,3}(?![\w.-])/g,
      (whole, first: string, second: string) => (isPrivate(Number(first), Number(second)) ? whole : address),
    )
    .replaceAll(/(?<![\w:])(?:[23][0-9a-f]{3}:)(?:[0-9a-f]{0,4}:){1,6}[0-9a-f]{0,4}(?![\w:])/gi, address);
}

function isPrivate(first: number, second: number): boolean {
  return (
    first === 10 ||
    first === 127 ||
    first === 0 ||
    first > 255 ||
    (first === 172 && second >= 16 && second < 32) ||
    (first === 192 && second === 168) ||
    (first === 169 && second === 254)
  );
}
