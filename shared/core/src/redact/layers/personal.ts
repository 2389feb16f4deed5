import { fold } from '../scan/automaton.ts';
import { isTokenChar } from '../scan/chars.ts';
import { rank, type Range, type Span } from '../scan/spans.ts';
import type { PersonalMode, PersonalModes } from '../types.ts';

/** Twelve digits or more, grouped by single blanks or hyphens, half or full width: where cards and My Numbers start. */
const digitGroups = /[0-9０-９]{4}[ \-　－‐]?[0-9０-９]{4}[ \-　－‐]?[0-9０-９]{4}|3[0-9]{3}[ -][0-9]{6}[ -][0-9]{5}/g;
const mailDomain = /@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}/y;
const longestMailName = 64;
const phonePattern =
  /(?<![\w.:/-])(?:\+[0-9]{1,3}[ -]?(?:\([0-9]{1,4}\)[ -]?)?[0-9]{1,4}(?:[ -]?[0-9]{2,4}){2,3}|[0０][0-9０-９]{1,4}[-－‐(][0-9０-９]{1,4}[-－‐)][0-9０-９]{3,4}|0[789]0[0-9]{8})(?![\w-])/g;
const contextWord = /マイナンバー|個人番号|my[ _-]?number|kojin/i;
const contextBefore = 48;
const contextAfter = 24;

/** Whether any mode needs this layer at all. */
export function looksForDigits(modes: PersonalModes): boolean {
  return modes.cards !== 'off' || modes.myNumber !== 'off';
}

/** Cards and My Numbers that begin in `[from, to)`, checked by their check digits. */
export function numbersWithin(text: string, from: number, to: number, modes: PersonalModes): readonly Span[] {
  const spans: Span[] = [];
  let readUntil = 0;
  for (const at of matchesWithin(digitGroups, text, from, to)) {
    if (at.start < readUntil) continue;
    const run = digitRun(text, at.start);
    readUntil = run.end;
    if (!standsAlone(text, run.start, run.end)) continue;
    const span = cardSpan(run, modes.cards) ?? myNumberSpan(text, run, modes.myNumber);
    if (span) spans.push(span);
  }
  return spans;
}

/** Phone numbers that begin in `[from, to)`. */
export function phonesWithin(text: string, from: number, to: number, mode: PersonalMode): readonly Span[] {
  return matchesWithin(phonePattern, text, from, to).map(({ start, end }) => {
    const number = text.slice(start, end);
    return personal('phone', start, end, mode, number, digitsOf(number).slice(-4));
  });
}

/** Searches no further than the window, with some context: a search to the end of the text at each window costs its square. */
function matchesWithin(pattern: RegExp, text: string, from: number, to: number): readonly Range[] {
  const origin = Math.max(0, from - longestRun);
  const slice = text.slice(origin, to + longestRun);
  const found: Range[] = [];
  for (const match of slice.matchAll(pattern)) {
    const start = origin + match.index;
    if (start >= from && start < to) found.push({ start, end: start + match[0].length });
  }
  return found;
}

/** The mail address around the `@` at `at`. */
export function mailAt(text: string, at: number, mode: PersonalMode): Span | undefined {
  let start = at;
  while (start > 0 && at - start < longestMailName && isMailChar(text.charCodeAt(start - 1))) start -= 1;
  if (start === at) return undefined;
  const domain = new RegExp(mailDomain);
  domain.lastIndex = at;
  const found = domain.exec(text);
  if (found === null) return undefined;
  const end = at + found[0].length;
  return personal('mail', start, end, mode, text.slice(start, end), '');
}

function isMailChar(code: number): boolean {
  return isTokenChar(code) || code === 46 || code === 37 || code === 43;
}

interface Run {
  readonly start: number;
  readonly end: number;
  readonly digits: string;
  /** Lengths of the groups. */
  readonly groups: readonly number[];
}

const longestRun = 32;

/** Digits and single separators from `start` on, as far as they go. */
function digitRun(text: string, start: number): Run {
  let digits = '';
  const groups: number[] = [0];
  let end = start;
  for (let at = start; at < text.length && at - start < longestRun; at += 1) {
    const code = fold(text.charCodeAt(at));
    if (code >= 48 && code <= 57) {
      digits += String.fromCharCode(code);
      groups[groups.length - 1]! += 1;
      end = at + 1;
    } else if (isSeparator(code) && end === at) groups.push(0);
    else break;
  }
  return { start, end, digits, groups: groups.filter((size) => size > 0) };
}

function isSeparator(code: number): boolean {
  return code === 32 || code === 45 || code === 0x2010;
}

/** Not a part of an identifier, a decimal or a longer number. */
function standsAlone(text: string, start: number, end: number): boolean {
  return !/[\w.０-９-]/.test(text[start - 1] ?? '') && !/^(?:[\w０-９]|\.\d)/.test(text.slice(end, end + 2));
}

function cardSpan(run: Run, mode: PersonalMode): Span | undefined {
  if (mode === 'off') return undefined;
  const { digits } = run;
  if (!isCardNumber(digits) || !isCardGrouping(run.groups)) return undefined;
  return personal('card', run.start, run.end, mode, digits, digits.slice(-4));
}

function isCardGrouping(groups: readonly number[]): boolean {
  const shape = groups.join('-');
  return (
    groups.length === 1 ||
    /^4-4-4-4(?:-[1-3])?$/.test(shape) ||
    shape === '4-6-5' ||
    shape === '4-6-4' ||
    shape === '8-8'
  );
}

/** Length and first digits of a card scheme, and Luhn's check. Longer than 16 digits only UnionPay: others are mostly ids. */
export function isCardNumber(digits: string): boolean {
  const scheme =
    /^(?:4\d{15}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|6(?:011|4[4-9]\d|5\d\d)\d{12}|62\d{14,17}|(?:50|5[6-9]|6[37])\d{14})$/;
  return scheme.test(digits) && !/^(\d)\1+$/.test(digits) && luhn(digits);
}

function luhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const doubled = digit * 2;
    sum += index % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

function myNumberSpan(text: string, run: Run, mode: PersonalMode): Span | undefined {
  if (mode === 'off' || !isMyNumber(run.digits)) return undefined;
  const grouped = run.groups.join('-') === '4-4-4';
  if (!grouped && !hasContext(text, run)) return undefined;
  return personal('my-number', run.start, run.end, mode, run.digits, '');
}

function hasContext(text: string, run: Run): boolean {
  const around = `${text.slice(Math.max(0, run.start - contextBefore), run.start)} ${text.slice(run.end, run.end + contextAfter)}`;
  return contextWord.test(around.normalize('NFKC'));
}

/**
 * Twelve digits whose last is the check digit of an individual number.
 *
 * @see Ordinance of the Ministry of Internal Affairs and Communications No. 85 of 2014, article 5: check = 11 − (ΣPₙQₙ mod 11),
 *   0 where the remainder is ≤1; n from the lowest of eleven, Q = n+1 for 1–6, n−5 for 7–11
 */
export function isMyNumber(digits: string): boolean {
  if (!/^\d{12}$/.test(digits) || /^(\d)\1+$/.test(digits)) return false;
  let sum = 0;
  for (let n = 1; n <= 11; n += 1) sum += Number(digits[11 - n]) * (n <= 6 ? n + 1 : n - 5);
  const rest = sum % 11;
  return Number(digits[11]) === (rest <= 1 ? 0 : 11 - rest);
}

function personal(rule: string, start: number, end: number, mode: PersonalMode, value: string, shown: string): Span {
  const span = { start, end, rule, rank: rank.personal, secret: value };
  return mode === 'mask' ? { ...span, mask: `****${shown}` } : span;
}

function digitsOf(text: string): string {
  return text.normalize('NFKC').replaceAll(/\D/g, '');
}

/** A number under a key that says My Number, as `value()` meets it. */
export function isPersonalNumber(value: string): boolean {
  return isMyNumber(digitsOf(value));
}
