/** Parts as the logic of Sentry joins them; nothing where there are none. */
export function joined(logic: string, parts: readonly string[]): string {
  const all = [...new Set(parts)];
  if (logic === 'none') return all.length === 0 ? '' : `none of: ${all.join(', ')}`;
  return all.join(logic === 'all' ? ', and ' : ' or ');
}
