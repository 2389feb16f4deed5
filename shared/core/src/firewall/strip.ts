const suspectRanges =
  '\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u0084\\u0086-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5' +
  '\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ud800-\\udfff\\ufdd2-\\ufdef\\ufe00-\\ufe0f\\ufeff' +
  '\\uffa0\\ufff0-\\ufffb\\ufffe\\uffff';

interface Patterns {
  /** Everything `strip` might touch: most texts hold none of it and are returned as they are. */
  readonly suspect: RegExp;
  /** The same without line ends and outside marks. */
  readonly suspectHidden: RegExp;
  readonly hidden: RegExp;
}

const escapes = /[\u001b\u0080-\u009f]/;
// Bodies hold no escape or C1 character, so that a row of unfinished sequences is read once each.
const strings =
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u0080-\u009f\n]{0,4096}(?:\u0007|\u001b\\|\u009c)/g;
const controls = /(?:\u001b\[|\u009b)[0-?]{0,256}[ -/]{0,16}[@-~]/g;
const shortEscapes = /\u001b[ -/]{0,4}[0-~]/g;

const lineEnds = /\r\n?|[\u0085\u2028\u2029]/g;

const joinedScripts = [
  'Arabic Syriac Nko Mongolian Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala',
  'Myanmar Khmer Tibetan',
]
  .join(' ')
  .split(' ')
  .map((name) => `\\p{scx=${name}}`)
  .join('');

const hidden = [
  // Joiners stay where they shape letters or join emoji; a run of them, or one elsewhere, is a hidden channel.
  `(?<![${joinedScripts}])(?<!\\p{Extended_Pictographic}\\ufe0f?|[\\u{1f3fb}-\\u{1f3ff}])\\u200d`,
  `(?<![${joinedScripts}])\\u200d(?!\\p{Extended_Pictographic})`,
  `(?<![${joinedScripts}])\\u200c`,
  // One variation selector after a base that has variants stays.
  '(?<!\\p{Extended_Pictographic})[\\ufe0e\\ufe0f](?!\\u20e3)',
  '(?<![\\u3001\\u3002\\uff01-\\uff1f\\p{Script=Han}\\p{Sm}\\p{Script=Myanmar}])[\\ufe00-\\ufe0d]',
  '(?<!\\p{Script=Han})[\\u{e0100}-\\u{e01ef}]',
  '(?<!\\p{Script=Mongolian})[\\u180b-\\u180d\\u180f]',
  '[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u0084\\u0086-\\u009f]',
  '[\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164]',
  '[\\ufeff\\uffa0\\ufff0-\\ufffb\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e00ff}\\u{e01f0}-\\u{e0fff}]',
  '[\\ufdd2-\\ufdef]|[\\ufffe\\uffff]|(?!\\ufdd0|\\ufdd1)\\p{Noncharacter_Code_Point}|\\p{Surrogate}',
].join('|');

// Compiled on first use: the property classes take milliseconds, which no start should pay.
let compiled: Patterns | undefined;

function patterns(): Patterns {
  compiled ??= {
    suspect: new RegExp(`[\\u000d\\u0085\\u2028\\u2029\\ufdd0\\ufdd1${suspectRanges}]`),
    suspectHidden: new RegExp(`[${suspectRanges}]`),
    hidden: new RegExp(hidden, 'gu'),
  };
  return compiled;
}

/**
 * Removes what a reader cannot see and a model can: ANSI and OSC sequences whole, C0 and C1 controls but tab and newline,
 * bidi controls, zero-width characters, Unicode tags, surplus variation selectors, noncharacters (so also the marks of
 * this firewall), lone surrogates. Other line ends become newlines. Joiners stay in emoji, Arabic and Indic scripts.
 *
 * @returns the same string when there is nothing to remove; idempotent
 */
export function strip(text: string): string {
  if (!patterns().suspect.test(text)) return text;
  return removeHidden(text.replaceAll(/[\ufdd0\ufdd1]/g, '').replaceAll(lineEnds, '\n'));
}

/** As `strip`, but carriage returns, line separators and outside marks stay: for looking at text without reshaping it. */
export function stripHidden(text: string): string {
  return patterns().suspectHidden.test(text) ? removeHidden(text) : text;
}

function removeHidden(text: string): string {
  const plain = escapes.test(text)
    ? text.replaceAll(strings, '').replaceAll(controls, '').replaceAll(shortEscapes, '')
    : text;
  return plain.replaceAll(patterns().hidden, '');
}

/** Every string of plain JSON data, keys too, through `strip`. */
export function stripDeep(value: unknown): unknown {
  if (typeof value === 'string') return strip(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => stripDeep(item));
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [strip(key), stripDeep(item)]));
}
