/** A name as PostgreSQL reads it back unchanged. @throws RangeError for a name with NUL, which none can have */
export function quoteIdentifier(name: string): string {
  if (name.includes('\0')) throw new RangeError('a name cannot hold NUL');
  return `"${name.replaceAll('"', '""')}"`;
}
