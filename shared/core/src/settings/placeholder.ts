const name = String.raw`[A-Za-z_][\w.]{0,127}`;
const anywhere = new RegExp(String.raw`\$\{(${name})(?::-([^}]{0,1024}))?\}`);
const everywhere = new RegExp(anywhere.source, 'g');
const wholly = new RegExp(`^\\$(${name})$`);

/**
 * Why a value that is there counts as unset, in words; undefined when it is a value.
 *
 * Clients hand an undefined `${NAME}` down literally and an unset plugin option as an empty string.
 *
 * @param secret what looks like a variable may be a password that begins with a dollar sign: then it is not named
 */
export function unsetBecause(text: string, secret = false): string | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return 'is empty';
  const inBraces = anywhere.exec(trimmed)?.[1];
  const found = inBraces ?? wholly.exec(trimmed)?.[1];
  if (found === undefined) return undefined;
  const isName = inBraces !== undefined || /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(found);
  if (secret && !isName) return 'looks like a variable that nobody has filled in';
  return `holds the variable ${found}, which nobody has filled in`;
}

/**
 * Replaces `${NAME}` and `${NAME:-otherwise}` from the environment, as a settings file may use them.
 *
 * @returns `missing`: names that are unset and have no alternative
 */
export function expandVariables(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): { readonly text: string; readonly missing: readonly string[] } {
  const missing: string[] = [];
  const expanded = text.replaceAll(everywhere, (whole, variable: string, otherwise: string | undefined) => {
    const value = env[variable];
    if (value !== undefined && unsetBecause(value) === undefined) return value;
    if (otherwise !== undefined) return otherwise;
    missing.push(variable);
    return whole;
  });
  return { text: expanded, missing };
}
