const strange = [null, '', 0, -1, 1e300, true, [], {}, 'something new', ['x', null], { a: null }] as const;

/** A copy in which about one field of `every` is missing, null, of another type, or beside an unknown one. */
export function damaged(value: unknown, random: () => number, every: number): unknown {
  if (Array.isArray(value)) return value.map((item) => damaged(item, random, every));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([name, held]): [string, unknown][] => {
    if (random() >= 1 / every) return [[name, damaged(held, random, every)]];
    if (random() < 0.4) return [];
    return [[name, strange[Math.floor(random() * strange.length)]]];
  });
  if (random() < 0.1) entries.push(['aFieldOfTomorrow', { deep: [1] }]);
  return Object.fromEntries(entries);
}
