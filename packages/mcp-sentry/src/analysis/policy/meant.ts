import { distance } from '@cinecom/mcp-core';
import { plainName } from '../../text/index.ts';

/** ` (did you mean high?)` where a name that there is differs by at most a third of its letters; else nothing. */
export function meant(wrong: string, known: readonly string[]): string {
  const scored = known
    .filter((name) => name !== wrong && plainName(name) !== undefined)
    .map((name) => ({ name, far: distance(wrong.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, far }) => far <= Math.max(1, Math.floor(name.length / 3)))
    .toSorted((left, right) => left.far - right.far || (left.name < right.name ? -1 : 1));
  return scored[0] === undefined ? '' : ` (did you mean ${scored[0].name}?)`;
}
