import { serveStdio as serveEras, type StdioServerHandle } from '@modelcontextprotocol/server/stdio';
import type { Transport } from '@modelcontextprotocol/server';
import type { CallOrigin } from '../call/request.ts';
import type { Runtime } from '../call/runtime.ts';
import { createSdkServer } from './sdk-server.ts';

/** Serves both protocol eras over one transport; the client's first message decides which. */
export function connectRuntime(
  runtime: Runtime,
  transport: Transport,
  door: CallOrigin['transport'],
): StdioServerHandle {
  return serveEras(({ era }) => createSdkServer(runtime, era, door), {
    transport,
    onerror: (error) => runtime.log('debug', `protocol: ${error.message}`),
  });
}
