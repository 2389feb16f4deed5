interface Resolved {
  readonly services?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * A resolved model in the form that Compose reads again: it prints "no limit" as the text `-1`, and takes it as a number only
 * (2.26 and 2.40: "invalid size: '-1'").
 */
export function fedBack(text: string): string {
  if (!text.includes('"-1"')) return text;
  const model = JSON.parse(text) as Resolved;
  const services = Object.entries(model.services ?? {}).map(([name, service]) => [
    name,
    Object.fromEntries(
      Object.entries(service).map(([key, value]) => [key, sizes.has(key) && value === '-1' ? -1 : value]),
    ),
  ]);
  return JSON.stringify({ ...model, services: Object.fromEntries(services) as unknown });
}

const sizes: ReadonlySet<string> = new Set(['mem_limit', 'memswap_limit']);
