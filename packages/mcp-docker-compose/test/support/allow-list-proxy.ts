import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { DockerServer } from '@cinecom/testbed';

/** One `-allowGET=…` of a socket proxy. */
export interface AllowRule {
  readonly method: string;
  readonly path: string;
}

/** What wollomatic/socket-proxy makes of its arguments: a regular expression over the whole path, a list a method. */
export function rulesOf(command: readonly string[]): readonly AllowRule[] {
  return command.flatMap((argument) => {
    const [, method, path] = /^-allow([A-Z]+)=(.+)$/.exec(argument) ?? [];
    return method === undefined || path === undefined ? [] : [{ method, path }];
  });
}

/** A proxy in front of an engine that passes what its rules name, streams too, and says 403 or 405 to the rest. */
export interface AllowListProxy extends AsyncDisposable {
  /** As `DOCKER_HOST` takes it. */
  readonly host: string;
  /** `POST /containers/create`, of all that was refused. */
  readonly refused: readonly string[];
  /** Rules that nothing has needed. */
  unused(): readonly AllowRule[];
}

export async function startAllowListProxy(server: DockerServer, rules: readonly AllowRule[]): Promise<AllowListProxy> {
  const socketPath = join(server.folder, `proxy-${process.hrtime.bigint()}.sock`);
  const compiled = rules.map((rule) => ({ rule, pattern: new RegExp(`^${rule.path}$`) }));
  const used = new Set<AllowRule>();
  const refused: string[] = [];

  /** @returns the status of a refusal */
  function judge(method: string, path: string): 403 | 405 | undefined {
    const own = compiled.filter(({ rule }) => rule.method === method);
    const passing = own.find(({ pattern }) => pattern.test(path));
    if (passing !== undefined) used.add(passing.rule);
    return passing !== undefined ? undefined : own.length === 0 ? 405 : 403;
  }

  const proxy = createServer((incoming, reply) => {
    const { method = 'GET', url = '/' } = incoming;
    const path = url.split('?', 1)[0] ?? url;
    const status = judge(method, path);
    if (status === undefined) {
      pass(server, incoming, reply);
      return;
    }
    refused.push(`${method} ${path}`);
    reply
      .writeHead(status, { 'content-type': 'text/plain' })
      .end(status === 403 ? 'Forbidden\n' : 'Method Not Allowed\n');
  });
  await once(proxy.listen(socketPath), 'listening');
  return {
    host: `unix://${socketPath}`,
    refused,
    unused: () => rules.filter((rule) => !used.has(rule)),
    async [Symbol.asyncDispose]() {
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}

function pass(server: DockerServer, incoming: IncomingMessage, reply: ServerResponse): void {
  const { method, url: path, headers } = incoming;
  const place = server.socket === '' ? new URL(server.host.replace('tcp:', 'http:')) : undefined;
  const where = place === undefined ? { socketPath: server.socket } : { host: place.hostname, port: place.port };
  const outgoing = request({ ...where, method, path, headers, agent: false }, (answer) => {
    reply.writeHead(answer.statusCode ?? 502, answer.headers);
    reply.flushHeaders();
    answer.pipe(reply);
    answer.on('error', () => reply.destroy());
  });
  outgoing.on('error', () => reply.destroy());
  reply.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
}
