/** A value as people read it: four significant digits, exponents only where zeros would not be counted. */
export function shownNumber(value: number | 'NaN' | '+Inf' | '-Inf' | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (!Number.isFinite(value)) return wireNumber(value) as string;
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e15 || size < 1e-4) return value.toExponential(3).replace(/\.?0+e/, 'e');
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  const digits = Math.max(0, 3 - Math.floor(Math.log10(size)));
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

/** A value as JSON can hold it: what is no number is told by its name. */
export function wireNumber(value: number): number | 'NaN' | '+Inf' | '-Inf' {
  if (Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}
