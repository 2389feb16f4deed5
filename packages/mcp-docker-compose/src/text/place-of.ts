import type { Location } from '../model/source-file.ts';

/** `docker-compose.prod.yml:12`, for text outside of any fence; a name that could be taken for more is left out. */
export function placeOf(location: Location | undefined): string | undefined {
  if (location === undefined) return undefined;
  const { file, line } = location;
  return /^[\w./-]{1,200}$/.test(file) ? `${file}:${line}` : `line ${line} of a Compose file`;
}
