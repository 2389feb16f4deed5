const shortest = 4;

/** A text without any value of a container's environment. @param environment `NAME=value` */
export function maskValues(environment: readonly string[]): (text: string) => string {
  const values = environment
    .map((line) => line.slice(line.indexOf('=') + 1))
    .filter(({ length }) => length >= shortest);
  const longestFirst = [...new Set(values)].toSorted((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, value) => masked.replaceAll(value, '***'), text);
}
