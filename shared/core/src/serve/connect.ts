import type { Transport } from '@modelcontextprotocol/server';
import { serveStdio as serveEras, type StdioServerHandle } from '@modelcontextprotocol/server/stdio';
import type { CallOrigin } from '../call/request.ts';
import type { Runtime } from '../call/runtime.ts';
import { createSdkServer } from './sdk-server.ts';
import { unansweredForm } from './unanswered-form.ts';

/** Serves both protocol eras over one transport; the client's first message decides which. */
export function connectRuntime(
  runtime: Runtime,
  transport: Transport,
  door: CallOrigin['transport'],
): StdioServerHandle {
  const send = transport.send.bind(transport);
  transport.send = async (message, options) => {
    const form = unansweredForm(message);
    if (form === undefined) return send(message, options);
    await runtime.note({ type: 'rejected', outcome: { result: 'denied', code: form.code } });
    return send(form.message, options);
  };
  return serveEras(({ era }) => createSdkServer(runtime, era, { transport: door }), {
    transport,
    onerror: (error) => runtime.log('debug', `protocol: ${error.message}`),
  });
}
