const date = String.raw`\d{4}[-/]\d\d[-/]\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)?(?: ?Z\b| ?[+-]\d\d:?\d\d\b)?`;
const webDate = String.raw`\d\d/[A-Z][a-z][a-z]/\d{4}(?::\d\d:\d\d:\d\d)?(?: [+-]\d{4})?`;
const clock = String.raw`\d\d:\d\d:\d\d(?:[.,]\d{1,9})?`;
const uuid = String.raw`\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b`;
const ipv6 = String.raw`\[?(?:\b[0-9a-fA-F]{1,4}|(?<![\w:]):)(?::{1,2}[0-9a-fA-F]{1,4}){2,7}\b(?:::)?(?:\]:\d{1,5})?`;
const ipv4 = String.raw`\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5}|/\d{1,2})?\b`;
const hex = String.raw`\b0[xX][0-9a-fA-F]+\b|\b(?=[a-f]{0,64}\d)(?=[0-9]{0,64}[a-f])[0-9a-f]{6,}\b|\b(?=[A-F]{0,64}\d)(?=[0-9]{0,64}[A-F])[0-9A-F]{6,}\b`;
const number = String.raw`(?<![\w.])[+-]?\d+(?:[.,]\d+)*|\d+(?:\.\d+)*`;
const varying = new RegExp([date, webDate, clock, uuid, ipv4, ipv6, hex, number].join('|'), 'g');

/** A line with `<*>` for what differs from one to the next: times, UUIDs, addresses, hexadecimal and other numbers. */
export function templateOf(text: string): string {
  return text.replaceAll(varying, '<*>');
}
