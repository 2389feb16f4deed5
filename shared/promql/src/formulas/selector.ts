/** Filesystems that can fill up: not memory, overlays and what is read-only by nature. */
export const realFilesystems = 'fstype!~"tmpfs|ramfs|overlay|squashfs|autofs|proc|sysfs|iso9660"';

/** `metric{a="b", c="d"}` of matchers without braces; empty ones are left out, and braces without any. */
export function withMatchers(metric: string, ...matchers: readonly string[]): string {
  const all = matchers.filter((part) => part !== '').join(', ');
  return all === '' ? metric : `${metric}{${all}}`;
}
