import type { HttpConfig } from './config.ts';
import type { HttpProblem } from './problems.ts';

const reasons: Readonly<Record<string, (config: HttpConfig) => HttpProblem>> = {
  EADDRINUSE: ({ host, port }) => ({
    text: `--port ${port}: another process listens on ${host} there`,
    fix: 'Choose another --port, or 0 for any free one.',
  }),
  EACCES: ({ port }) => ({
    text: `--port ${port}: this user may not listen there`,
    fix: 'Choose a --port of 1024 or above.',
  }),
  EADDRNOTAVAIL: ({ host }) => ({
    text: `--host ${host}: this machine has no such address`,
    fix: 'Give one of its own addresses, or 0.0.0.0 for all.',
  }),
  ENOTFOUND: ({ host }) => ({ text: `--host ${host}: no such name`, fix: 'Give an address of this machine.' }),
};

/** What Node says when a port cannot be had, with the setting to change. */
export function listenProblem(error: unknown, config: HttpConfig): HttpProblem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return (
    reasons[code]?.(config) ?? {
      text: `--host ${config.host} --port ${config.port}: ${code}`,
      fix: 'Choose another --host or --port.',
    }
  );
}
