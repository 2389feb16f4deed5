export const levels = ['error', 'warning', 'info', 'debug'] as const;
export type Level = (typeof levels)[number];

const words: Readonly<Record<string, Level>> = {
  emerg: 'error',
  emergency: 'error',
  alert: 'error',
  fatal: 'error',
  panic: 'error',
  crit: 'error',
  critical: 'error',
  severe: 'error',
  error: 'error',
  err: 'error',
  warn: 'warning',
  warning: 'warning',
  notice: 'info',
  info: 'info',
  information: 'info',
  debug: 'debug',
  trace: 'debug',
  verbose: 'debug',
};
const one = Object.keys(words).join('|');
const named = /["']?\b(?:log\.?)?(?:level|lvl|severity)["']?\s{0,3}[:=]\s{0,3}["']?([a-z]{3,11}|[1-6]0\b)/i;
const klog = /^([IWEF])\d{4} \d\d:\d\d/;
const capital = new RegExp(`\\b(${one.toUpperCase()})\\b`);
const marked = new RegExp(`(?:^|\\s)[[<(]?(${one})(?:[\\])>]|:)(?:\\s|$)`, 'i');
const bad = /\bTraceback \(most recent|(?:^|[\s.])[A-Z]\w{0,60}(?:Exception|Error)\b|エラー|例外/;
const doubtful = /警告/;
const looked = 300;

/** How bad a line says it is, by the ways in which logs are usually written; undefined where it says nothing. */
export function levelOf(text: string): Level | undefined {
  const head = text.slice(0, looked);
  const key = named.exec(text.slice(0, 2000))?.[1];
  const told = key === undefined ? undefined : ofWord(key);
  if (told !== undefined) return told;
  const letter = klog.exec(head)?.[1];
  if (letter !== undefined) return letter === 'I' ? 'info' : letter === 'W' ? 'warning' : 'error';
  const word = capital.exec(head)?.[1] ?? marked.exec(head)?.[1];
  if (word !== undefined) return ofWord(word);
  if (bad.test(head)) return 'error';
  return doubtful.test(head) ? 'warning' : undefined;
}

/** A name, or a number as pino and bunyan write it. */
function ofWord(word: string): Level | undefined {
  const number = Number(word);
  if (Number.isNaN(number)) {
    const low = word.toLowerCase();
    return Object.hasOwn(words, low) ? words[low] : undefined;
  }
  return number >= 50 ? 'error' : number >= 40 ? 'warning' : number >= 30 ? 'info' : 'debug';
}

/** Whether `level` is at least as bad as `wanted`. */
export function isAtLeast(level: Level | undefined, wanted: Level): boolean {
  return level !== undefined && levels.indexOf(level) <= levels.indexOf(wanted);
}
