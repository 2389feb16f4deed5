import { nearest } from '@cinecom/mcp-core';
import { plainName } from '../../text/index.ts';

/** ` (did you mean high?)` where a name that there is is near; else nothing. */
export function meant(wrong: string, known: readonly string[]): string {
  const found = nearest(
    wrong,
    known.filter((name) => name !== wrong && plainName(name) !== undefined),
  );
  return found === undefined ? '' : ` (did you mean ${found}?)`;
}
