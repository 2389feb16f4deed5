import type { RedisOptions } from './types.ts';

export const host = '127.0.0.1';

/** Text of redis.conf. The title stays as it was started: by the folder in it the reaper knows the process. */
export function configuration({ tls, password }: RedisOptions, folder: string, port: number): string {
  const lines: readonly (readonly string[])[] = [
    ['bind', host],
    ['dir', folder],
    ['set-proc-title', 'no'],
    ['save', ''],
    ['appendonly', 'no'],
    ['port', String(tls ? 0 : port)],
    ...(password === undefined ? [] : [['requirepass', password]]),
    ...(tls
      ? [
          ['tls-port', String(port)],
          ['tls-cert-file', tls.certFile],
          ['tls-key-file', tls.keyFile],
          ['tls-ca-cert-file', tls.caFile],
          ['tls-auth-clients', 'no'],
        ]
      : []),
  ];
  return lines.map(([name, value]) => `${name} ${JSON.stringify(value)}\n`).join('');
}
