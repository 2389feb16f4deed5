const longestTag = 200;

/**
 * What makes repeated alerts one: their own fingerprint, else title and tags in order. As value of a tag it is one line of
 * at most 200 characters, as Sentry keeps them, never empty and without what stands for other letters in a search: with
 * either, closing one alert would close others.
 */
export function alertKey(
  title: string,
  fingerprint: readonly string[],
  tags: Readonly<Record<string, string>>,
): string {
  const parts =
    fingerprint.length > 0
      ? fingerprint
      : [
          title,
          ...Object.keys(tags)
            .toSorted()
            .map((name) => `${name}=${tags[name] ?? ''}`),
        ];
  const whole = parts.join(' ');
  const text = whole.replaceAll(/[\s"\\*]+/g, ' ').trim() || `alert ${checksum(whole)}`;
  return text.length <= longestTag
    ? text
    : `${text.slice(0, longestTag - 9).replace(/[\uD800-\uDBFF]$/, '')}~${checksum(text)}`;
}

/** 32 bits, hex: two long keys that begin alike stay two. @see FNV-1a, Fowler, Noll and Vo */
function checksum(text: string): string {
  let hash = 0x81_1c_9d_c5;
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01_00_01_93) >>> 0;
  return hash.toString(16).padStart(8, '0');
}
