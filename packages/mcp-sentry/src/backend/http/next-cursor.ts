/**
 * The cursor of the next page, from a `Link` header. Its address is left alone: behind a proxy it names another host, and
 * the token must not go there.
 */
export function nextCursor(link: string | string[] | undefined): string | undefined {
  for (const part of String(link ?? '').split(/,\s*(?=<)/)) {
    const attributes = new Map(
      [...part.matchAll(/;\s*([a-z]+)="([^"]*)"/gi)].map(([, name = '', value = '']) => [name.toLowerCase(), value]),
    );
    if (attributes.get('rel') !== 'next' || attributes.get('results') !== 'true') continue;
    return attributes.get('cursor') || undefined;
  }
  return undefined;
}
