const forever = new AbortController().signal;

/**
 * A part of the real backend that asks each thing once: what it answers is real, and the many cases of a suite need not
 * wait for it again. Times in what is asked do not count.
 */
export function remembered<Part extends object>(part: Part): Part {
  const known = new Map<string, unknown>();
  const once =
    (name: string, ask: (...args: readonly unknown[]) => unknown) =>
    (...args: readonly unknown[]) => {
      const key = `${name} ${JSON.stringify(args, (_key, value: unknown) => (typeof value === 'number' ? 0 : value))}`;
      // the first asker may give up, the answer is for all
      if (!known.has(key)) known.set(key, ask(...args.map((one) => (one instanceof AbortSignal ? forever : one))));
      return known.get(key);
    };
  const methods = Object.entries(part).map(([name, value]: [string, unknown]) =>
    typeof value === 'function' ? [name, once(name, value as () => unknown)] : [name, value],
  );
  return Object.fromEntries(methods) as Part;
}
