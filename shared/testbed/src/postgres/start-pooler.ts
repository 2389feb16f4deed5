import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../host/free-port.ts';
import { serverIdentity } from '../host/run-as.ts';
import { systemPrograms } from '../system-programs.ts';
import { BackendUnavailable } from '../unavailable.ts';
import type { PostgresServer } from './types.ts';

/** A pgbouncer in front of a server. */
export interface Pooler {
  /** The superuser's address through it. */
  readonly url: string;
  stop(): Promise<void>;
}

/** @throws BackendUnavailable where pgbouncer is not installed */
export async function startPooler(server: PostgresServer, mode: 'session' | 'transaction'): Promise<Pooler> {
  if (!existsSync(systemPrograms.pgbouncer.path)) {
    throw new BackendUnavailable('pgbouncer is not installed: apt-get install pgbouncer');
  }
  const folder = mkdtempSync(join(tmpdir(), 'pooler-'));
  chmodSync(folder, 0o755);
  const url = new URL(server.superuserUrl());
  const target = url.port;
  const password = decodeURIComponent(url.password);
  const port = await freePort();
  const lines = [
    '[databases]',
    `* = host=127.0.0.1 port=${target} user=${url.username}${password === '' ? '' : ` password=${password}`}`,
    '[pgbouncer]',
    'listen_addr=127.0.0.1',
    `listen_port=${port}`,
    'auth_type=any',
    `pool_mode=${mode}`,
    'unix_socket_dir=',
  ];
  writeFileSync(join(folder, 'pooler.ini'), `${lines.join('\n')}\n`);
  const child = spawn(systemPrograms.pgbouncer.path, ['-q', join(folder, 'pooler.ini')], {
    ...serverIdentity(),
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended with ${child.exitCode}`);
  }
  url.port = String(port);
  return {
    url: url.href,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(socket.end() && true));
    socket.once('error', () => setTimeout(() => resolve(false), 20));
  });
}
