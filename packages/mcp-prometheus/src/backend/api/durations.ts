const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** ms of a duration as Prometheus writes it: `1h30m`, `15d`; undefined for anything else. */
export function durationMs(text: string): number | undefined {
  if (!/^(\d+(ms|[smhdwy]))+$/.test(text)) return text === '0' ? 0 : undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|[smhdwy])/g))
    total += Number(amount) * (units[unit ?? ''] ?? 0);
  return total;
}
