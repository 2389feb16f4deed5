/**
 * Whether a file name matches the last part of a `rule_files` pattern, by the rules of Go's `filepath.Match`:
 * `*`, `?`, `[abc]`, `[^a-z]`, and `\` before a character that means itself.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  const source = pattern.replaceAll(
    /\\(.)|\[(\^?)((?:\\.|[^\]\\])+)\]|([*?])|([^\w])/g,
    (_all, escaped, not, set, wild, other) => {
      if (escaped !== undefined) return escapeText(String(escaped));
      if (set !== undefined) return `[${not ? '^' : ''}${String(set).replaceAll('[', '\\[')}]`;
      if (wild !== undefined) return wild === '*' ? '.*' : '.';
      return escapeText(String(other));
    },
  );
  return new RegExp(`^${source}$`, 's').test(name);
}

function escapeText(text: string): string {
  return text.replaceAll(/[$()*+./?[\\\]^{|}-]/g, '\\$&');
}
