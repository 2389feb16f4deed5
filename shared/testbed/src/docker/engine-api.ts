import { request, type IncomingMessage } from 'node:http';

/** A request to an engine: its socket or address, and what is asked. */
export interface EngineCall {
  /** `unix:///…` or `tcp://…`. */
  readonly host: string;
  readonly path: string;
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Bytes go as a tar, anything else as JSON. */
  readonly body?: unknown;
}

/** Asks an engine once. @returns the answer, as JSON where it is JSON. @throws Error with its text at 400 and more */
export async function askEngine(call: EngineCall): Promise<unknown> {
  const reply = await send(call);
  const chunks: Buffer[] = [];
  for await (const chunk of reply) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const status = reply.statusCode ?? 0;
  if (status >= 400) throw new Error(`${call.method ?? 'GET'} ${call.path} answered ${status}: ${text.trim()}`);
  try {
    return JSON.parse(text);
  } catch {
    return text; // progress is told as many JSON texts, and some answers are empty
  }
}

function send({ host, path, method = 'GET', body }: EngineCall): Promise<IncomingMessage> {
  const bytes = body === undefined ? undefined : body instanceof Buffer ? body : Buffer.from(JSON.stringify(body));
  const headers = bytes && {
    'content-type': body instanceof Buffer ? 'application/x-tar' : 'application/json',
    'content-length': bytes.length,
  };
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...addressOf(host), path, method, agent: false, ...(headers && { headers }) }, resolve);
    outgoing.once('error', reject);
    outgoing.end(bytes);
  });
}

function addressOf(host: string): { socketPath: string } | { host: string; port: number } {
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) };
  const { hostname, port } = new URL(host);
  return { host: hostname, port: Number(port || 2375) };
}
