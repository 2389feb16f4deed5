import { Agent, request } from 'node:http';
import type { SentryDouble } from '../src/sentry/types.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly body: unknown;
}

export interface Asking {
  readonly method?: string;
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One plain request to the double; `path` is relative to `/api/0/organizations/acme/` unless it starts with a slash. */
export function ask(double: SentryDouble, path: string, asking: Asking = {}): Promise<Reply> {
  const url = `${double.url}${path.startsWith('/') ? path : `/api/0/organizations/acme/${path}`}`;
  const text = asking.body === undefined ? undefined : JSON.stringify(asking.body);
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: asking.method ?? 'GET',
        agent: new Agent({ keepAlive: false }),
        headers: {
          authorization: `Bearer ${asking.token ?? double.token}`,
          ...(text === undefined ? {} : { 'content-type': 'application/json' }),
          ...asking.headers,
        },
      },
      (response) => {
        let answer = '';
        response.setEncoding('utf8').on('data', (part: string) => (answer += part));
        response.once('error', reject);
        response.once('end', () => {
          const isJson = response.headers['content-type'] === 'application/json' && answer !== '';
          const { statusCode = 0, headers } = response;
          resolve({ status: statusCode, headers, text: answer, body: isJson ? JSON.parse(answer) : undefined });
        });
      },
    );
    sent.once('error', reject);
    sent.end(text);
  });
}

/** The body as records, for lists. */
export function rows(reply: Reply): readonly Record<string, unknown>[] {
  if (!Array.isArray(reply.body)) throw new Error(`not a list: ${reply.status} ${reply.text.slice(0, 300)}`);
  return reply.body as Record<string, unknown>[];
}

export function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error(`not an object: ${JSON.stringify(value)}`);
  return value as Record<string, unknown>;
}
