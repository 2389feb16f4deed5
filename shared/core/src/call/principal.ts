import type { Risk } from '../define/tool.ts';
import type { Principal } from '../gate/types.ts';

/** Whoever started the process: over stdio and on the command line there is no other identity. */
export function osPrincipal(ceiling: Risk): Principal {
  return { id: `os:${process.getuid?.() ?? 'user'}`, ceiling };
}
