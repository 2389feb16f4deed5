const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `15m`, `2h`, `1h30m`, `7d` in ms; undefined for anything else. */
export function durationOf(text: string): number | undefined {
  if (!/^(\d{1,6}[smhd]){1,4}$/.test(text)) return undefined;
  let total = 0;
  for (const [, number = '0', unit = ''] of text.matchAll(/(\d+)([smhd])/g))
    total += Number(number) * (units[unit] ?? 0);
  return total;
}

/** A moment of RFC 3339, with its zone, as UTC ms; undefined for anything else. */
export function momentOf(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const at = Date.parse(text.toUpperCase().replace(' ', 'T'));
  return Number.isNaN(at) ? undefined : at;
}
