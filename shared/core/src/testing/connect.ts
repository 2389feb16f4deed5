import { type Client, InMemoryTransport, type Transport } from '@modelcontextprotocol/client';
import type { Runtime } from '../call/runtime.ts';
import { connectRuntime } from '../serve/connect.ts';
import { connectClient, type ElicitHandler, type Era } from './client.ts';

export interface Connected extends AsyncDisposable {
  readonly client: Client;
  readonly runtime: Runtime;
  close(): Promise<void>;
}

/** A client of one era on a runtime in this process: the full pipeline, over a linked transport. */
export async function connectTo(
  runtime: Runtime,
  options: { readonly era: Era; readonly elicit?: ElicitHandler | undefined },
): Promise<Connected> {
  const [near, far] = InMemoryTransport.createLinkedPair();
  connectRuntime(runtime, far, 'memory');
  const client = await connectClient(near satisfies Transport, options);
  const close = async () => {
    await client.close();
    await runtime.close('test ended');
  };
  return { client, runtime, close, [Symbol.asyncDispose]: close };
}
