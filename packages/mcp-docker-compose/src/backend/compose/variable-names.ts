/** `NAME` at the beginning of a line of a table, below its head. */
function namesInTable(text: string): readonly string[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s/, 1)[0] ?? '')
    .filter((name) => name !== '');
}

/**
 * Names that `config --variables` lists: JSON from Compose 2.27 on, a table before, whatever format is asked for.
 */
export function interpolatedNames(output: string): readonly string[] {
  const text = output.trim();
  return text.startsWith('{') ? Object.keys(JSON.parse(text) as object) : namesInTable(text);
}

interface Unresolved {
  readonly services?: Readonly<Record<string, { readonly environment?: unknown; readonly env_file?: unknown } | null>>;
  readonly secrets?: Readonly<Record<string, { readonly environment?: unknown } | null>>;
  readonly configs?: Readonly<Record<string, { readonly environment?: unknown } | null>>;
}

/** What is taken from the environment by name alone, which `config --variables` does not list. */
export function passedThrough(unresolved: unknown): {
  readonly names: readonly string[];
  readonly envFiles: readonly string[];
} {
  const { services = {}, secrets = {}, configs = {} } = unresolved as Unresolved;
  const entries = Object.values(services).flatMap((service) => valueless(service?.environment));
  const sources = [...Object.values(secrets), ...Object.values(configs)].flatMap((one) =>
    typeof one?.environment === 'string' ? [one.environment] : [],
  );
  return {
    names: [...entries, ...sources],
    envFiles: Object.values(services).flatMap((service) => filePaths(service?.env_file)),
  };
}

/** Names without `=` in the text of an env_file. */
export function bareNames(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^[A-Za-z_]\w*$/.test(line));
}

/** Unresolved environments are lists of `NAME=value` and `NAME`, or maps with null. */
function valueless(environment: unknown): readonly string[] {
  if (Array.isArray(environment))
    return environment.filter((one): one is string => typeof one === 'string' && !one.includes('='));
  if (typeof environment !== 'object' || environment === null) return [];
  return Object.entries(environment).flatMap(([name, value]) => (value === null ? [name] : []));
}

function filePaths(envFile: unknown): readonly string[] {
  if (!Array.isArray(envFile)) return typeof envFile === 'string' ? [envFile] : [];
  return envFile.flatMap((one: unknown) => {
    if (typeof one === 'string') return [one];
    const path = (one as { readonly path?: unknown } | null)?.path;
    return typeof path === 'string' ? [path] : [];
  });
}

/** Variables that Compose says are not set, of its error output. */
export function unsetNames(errors: string): readonly string[] {
  const found = errors.matchAll(/The \\?"([A-Za-z_]\w*)\\?" variable is not set/g);
  return [...new Set([...found].map((match) => match[1] ?? ''))].filter((name) => name !== '');
}
