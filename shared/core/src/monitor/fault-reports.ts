import type { Redactor } from '../redact/types.ts';
import { faultEvent, type FaultEvent, type Reporter } from './fault-event.ts';
import type { Fault, Observer } from './observer.ts';

export interface FaultReportOptions extends Reporter {
  readonly dsn: string;
  readonly redactor: () => Promise<Pick<Redactor, 'line'>>;
  readonly complain: (text: string) => void;
}

const mostAtOnce = 20;
const flushMs = 2000;

/**
 * Sends faults of the server itself to Sentry: code, redacted message and stack, and versions: never inputs, outputs, environment, or what the SDK would
 * collect by itself. `@sentry/node` is evaluated at the first fault, so that a healthy server never pays for it.
 */
export function createFaultReports(options: FaultReportOptions): Observer {
  let client: ReturnType<typeof openClient> | undefined;
  const under = new Set<Promise<void>>();
  const send = async (fault: Fault): Promise<void> => {
    try {
      client ??= openClient(options);
      const { capture } = await client;
      const redactor = await options.redactor();
      capture(faultEvent(fault, options, (text) => redactor.line(text)));
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && /MODULE_NOT_FOUND/.test(String(error.code));
      options.complain(
        missing
          ? 'SENTRY_DSN is set, but @sentry/node is not installed: npm install @sentry/node'
          : `a fault could not be reported to Sentry: ${error instanceof Error ? error.name : 'unknown'}`,
      );
    }
  };
  return {
    fault(fault) {
      // A server that fails again and again is known to by then.
      if (under.size >= mostAtOnce) return;
      const sending = send(fault).finally(() => under.delete(sending));
      under.add(sending);
    },
    async flush() {
      if (client === undefined) return;
      const late = new Promise<void>((resolve) => {
        setTimeout(resolve, flushMs).unref();
      });
      await Promise.race([Promise.all(under), late]);
      const opened = await Promise.race([client, late]);
      await opened?.flush(flushMs);
    },
  };
}

async function openClient(
  options: FaultReportOptions,
): Promise<{ capture: (event: FaultEvent) => void; flush: (ms: number) => PromiseLike<boolean> }> {
  const { defaultStackParser, makeNodeTransport, NodeClient } = await import('@sentry/node');
  const client = new NodeClient({
    dsn: options.dsn,
    transport: makeNodeTransport,
    stackParser: defaultStackParser,
    integrations: [],
    includeServerName: false,
    sendClientReports: false,
    // Whatever the SDK adds by itself is left behind.
    beforeSend: (event) => onlyOurs(event as never, options.environment) as never,
  });
  client.init();
  return {
    capture: (event) => void client.captureEvent(event as never),
    flush: (ms) => client.flush(ms),
  };
}

const ours = ['event_id', 'timestamp', 'platform', 'level', 'release', 'server_name', 'tags', 'exception'];

function onlyOurs(
  event: Readonly<Record<string, unknown>>,
  environment: string | undefined,
): Readonly<Record<string, unknown>> {
  const kept = Object.fromEntries(Object.entries(event).filter(([name]) => ours.includes(name)));
  // Left alone, the SDK would call every environment without a name "production".
  return environment === undefined ? kept : { ...kept, environment };
}
