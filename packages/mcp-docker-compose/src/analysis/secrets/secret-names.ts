const words =
  /(^|[_.-])(pass|passwd|password|passphrase|pwd|secret|secrets|token|apikey|key|credential|credentials|auth|dsn)([_.-]|$)/;
const joined = /password|passwd|secret|token|api_?key|private_?key|access_?key|credential/;
/** Names that end in a word of a secret and hold where or how it is kept. */
const harmless = /[_.-](file|path|dir|name|id|url|type|ttl|expiry|length|algorithm|public)$|public_?key/;

/** Whether a variable of that name usually holds a secret. */
export function isSecretName(name: string): boolean {
  const low = name.toLowerCase();
  return !harmless.test(low) && (words.test(low) || joined.test(low));
}

const shortest = 4;

/** A text without values of variables that hold secrets: commands and labels may have them written out. */
export function createMask(environments: readonly Readonly<Record<string, string | null>>[]): (text: string) => string {
  const values = environments.flatMap((environment) =>
    Object.entries(environment).flatMap(([name, value]) =>
      value !== null && value.length >= shortest && isSecretName(name) ? [value] : [],
    ),
  );
  const longestFirst = [...new Set(values)].toSorted((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, value) => masked.replaceAll(value, '***'), text);
}
