import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { ToolError } from '@cinecom/mcp-core';
import type { Dsn, OutgoingEvent, SendOutcome } from '../../model/ingest.ts';
import { createAgent } from '../http/endpoint.ts';

const mostWaitMs = 15_000;

/** Sends by `@sentry/node` as an application does, but with a client of its own: nothing global, nothing collected. */
export async function sendEvent(
  dsn: Dsn,
  event: OutgoingEvent,
  caFile: string | undefined,
  signal: AbortSignal,
): Promise<SendOutcome> {
  const client = await openClient(dsn, event, caFile);
  signal.throwIfAborted();
  const sentAt = Date.now();
  const begun = performance.now();
  // `flush` says true whatever became of the event: only this hook knows
  const answered = new Promise<Answer>((resolve) => client.onAnswer(resolve));
  const eventId = randomUUID().replaceAll('-', '');
  client.capture(eventId, event);
  const late = delay(mostWaitMs, {}, { signal, ref: false });
  try {
    const answer: Answer = await Promise.race([answered, late]);
    return {
      eventId,
      statusCode: answer.statusCode,
      neverLeft: answer.statusCode === undefined && !client.wasConnected(),
      rateLimits: answer.headers?.['x-sentry-rate-limits'] ?? undefined,
      retryAfter: answer.headers?.['retry-after'] ?? undefined,
      tookMs: performance.now() - begun,
      sentAt,
    };
  } finally {
    await client.close();
  }
}

interface Answer {
  readonly statusCode?: number | undefined;
  readonly headers?: Readonly<Record<string, string | null | undefined>> | undefined;
}

interface Client {
  onAnswer(tell: (answer: Answer) => void): void;
  capture(eventId: string, event: OutgoingEvent): void;
  /** Whether any connection to the host, by way of a proxy or not, was made. */
  wasConnected(): boolean;
  close(): Promise<void>;
}

async function openClient(dsn: Dsn, event: OutgoingEvent, caFile: string | undefined): Promise<Client> {
  let connected = false;
  const { defaultStackParser, makeNodeTransport, NodeClient } = await import('@sentry/node');
  const driver = dsn.protocol === 'https:' ? https : http;
  const agent = createAgent(new URL(`${dsn.protocol}//${dsn.host}${dsn.path}/`));
  const client = new NodeClient({
    dsn: dsn.text,
    transport: makeNodeTransport,
    stackParser: defaultStackParser,
    integrations: [],
    sendClientReports: false,
    includeServerName: false,
    ...(event.environment === undefined ? {} : { environment: event.environment }),
    transportOptions: {
      ...(caFile === undefined ? {} : { caCerts: readFileSync(caFile) }),
      // the SDK reads the variables of proxies in a way of its own: events go the way that requests go
      httpModule: {
        request: (given, told) =>
          watched(driver.request({ ...(given as http.RequestOptions), agent }, told as Told), () => (connected = true)),
      },
    },
    beforeSend: (prepared) => onlyOurs(prepared as never) as never,
  });
  client.init();
  if (client.getDsn() === undefined) {
    throw new ToolError('not_configured', 'the DSN is not one that the SDK takes', {
      hint: 'Written as https://KEY@HOST/PROJECT: copy it anew from the project settings, Client Keys.',
    });
  }
  return {
    onAnswer: (tell) => void client.on('afterSendEvent', (_event, answer) => tell(answer)),
    capture: (eventId, { message, level, fingerprint, tags }) =>
      // an id within the event is not the one it is stored under
      void client.captureEvent(
        { message, level, fingerprint: [...fingerprint], tags: { ...tags } },
        { event_id: eventId },
      ),
    wasConnected: () => connected,
    close: async () => {
      await client.close(0);
      agent.destroy();
    },
  };
}

type Told = (response: http.IncomingMessage) => void;

/** What a proxy answers would be taken for an answer of Sentry. @param onConnect told once the host is reached */
function watched(request: http.ClientRequest, onConnect: () => void): http.ClientRequest {
  request.once('proxyConnect', ({ statusCode }: { readonly statusCode?: number }) => {
    if (statusCode !== 200) request.destroy(new Error(`the proxy answers ${statusCode ?? 'nothing'}`));
  });
  return request.once('socket', (socket) => {
    if ('encrypted' in socket) socket.once('secureConnect', onConnect);
    else if (socket.connecting) socket.once('connect', onConnect);
    else onConnect();
  });
}

const ours = ['event_id', 'timestamp', 'platform', 'level', 'message', 'environment', 'fingerprint', 'tags'];

/** Whatever the SDK adds by itself, as of this machine, is left behind. */
function onlyOurs(event: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(event).filter(([name]) => ours.includes(name)));
}
