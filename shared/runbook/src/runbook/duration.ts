const factors = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** `90s`, `5m`, `1h` or seconds as a number, in milliseconds; undefined for anything else. */
export function parseDuration(given: string | number): number | undefined {
  const found = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)?$/.exec(String(given));
  if (!found) return undefined;
  return Math.round(Number(found[1]) * factors[(found[2] ?? 's') as keyof typeof factors]);
}
