/**
 * Replaces what stands between `<!-- generated:NAME -->` and `<!-- /generated:NAME -->`.
 *
 * @throws Error when the document lacks either marker
 */
export function replaceSection(document: string, name: string, body: string): string {
  const opening = `<!-- generated:${name} -->`;
  const closing = `<!-- /generated:${name} -->`;
  const start = document.indexOf(opening);
  const end = document.indexOf(closing);
  if (start < 0 || end < start) throw new Error(`the document has no section ${opening} … ${closing}`);
  return `${document.slice(0, start + opening.length)}\n\n${body.trim()}\n\n${document.slice(end)}`;
}

/** Names of the generated sections of a document, in order. */
export function sectionNames(document: string): readonly string[] {
  return [...document.matchAll(/<!-- generated:([a-z-]+) -->/g)].map((match) => match[1]!);
}
