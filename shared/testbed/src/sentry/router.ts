import type { Route } from './route.ts';

export interface Match {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').slice(1);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // a stray % belongs to no route
  }
}

function parametersOf(template: readonly string[], path: readonly string[]): Record<string, string> | undefined {
  if (template.length !== path.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of template.entries()) {
    const actual = path[index] ?? '';
    if (part.startsWith('{')) {
      const value = decode(actual);
      if (value === undefined || value === '') return undefined;
      parameters[part.slice(1, -1)] = value;
    } else if (part !== actual) return undefined;
  }
  return parameters;
}

/** Finds routes by path, those with fewer parameters first. */
export function createRouter(routes: readonly Route[]): (method: string, path: string) => Match | 'method' | undefined {
  const table = routes
    .map((route) => ({ route, template: segmentsOf(route.template) }))
    .toSorted((left, right) => left.route.template.split('{').length - right.route.template.split('{').length);
  return (method, path) => {
    const segments = segmentsOf(path);
    let isKnown = false;
    for (const { route, template } of table) {
      const parameters = parametersOf(template, segments);
      if (!parameters) continue;
      if (route.method === method) return { route, parameters };
      isKnown = true;
    }
    return isKnown ? 'method' : undefined;
  };
}
