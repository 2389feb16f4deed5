/** A name of the file for a text: in double quotes, on one line, short. */
export function shown(name: string): string {
  const line = name.replace(/[\s"]+/g, ' ');
  return `"${line.length > 60 ? `${line.slice(0, 57)}…` : line}"`;
}
