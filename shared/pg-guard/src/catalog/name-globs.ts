/**
 * Matches `schema.name` against globs in which `*` stands for any run of characters and everything else for itself.
 *
 * @param globs such as `app.*` or `reporting.total_*`; one without a dot matches nothing
 */
export function createNameMatcher(globs: readonly string[]): (qualifiedName: string) => boolean {
  const patterns = globs
    .filter((glob) => glob.includes('.'))
    .map((glob) => new RegExp(`^${glob.split('*').map(escapeForPattern).join('.*')}$`, 's'));
  return (qualifiedName) => patterns.some((pattern) => pattern.test(qualifiedName));
}

function escapeForPattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
