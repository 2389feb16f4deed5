/** UTC ms of an RFC 3339 time; 0 for none, and for the year 1 by which Go says never. */
export function timeOf(text: string): number {
  const at = Date.parse(text);
  return Number.isNaN(at) || at < 0 ? 0 : at;
}
