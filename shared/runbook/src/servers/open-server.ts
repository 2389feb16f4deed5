import { type CallToolResult, Client, StreamableHTTPClientTransport, type Tool } from '@modelcontextprotocol/client';
import { messageOf } from '../problem.ts';
import { cut, safeLine, safeText } from '../safe-text.ts';
import { ProcessTransport } from './stdio-transport.ts';
import { ownVersion } from '../version.ts';
import type { Processes } from './processes.ts';
import type { ServerEntry } from './read-servers.ts';

export interface CallOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly meta: Readonly<Record<string, unknown>>;
  /** Of `notifications/progress`, not yet safe to show. */
  readonly onProgress: (message: string) => void;
}

/** A connected server. */
export interface OpenServer {
  readonly name: string;
  /** As it calls itself. */
  readonly identity: { readonly name: string; readonly version: string };
  /** The revision of the protocol that was agreed on. */
  readonly protocol: string;
  readonly pid: number | undefined;
  readonly tools: ReadonlyMap<string, Tool>;
  /** The last of what its process said on stderr, safe to show. */
  stderr(): string;
  call(tool: string, args: Readonly<Record<string, unknown>>, options: CallOptions): Promise<CallToolResult>;
  /** Ends the connection, and the process: stdin end, after 2 s SIGTERM, after 4 s SIGKILL. */
  close(): Promise<void>;
}

/** Why a server is not there, with what its process last said. */
export class ServerFault extends Error {
  override readonly name = 'ServerFault';
  readonly stderr: string;

  constructor(message: string, stderr: string, cause: unknown) {
    super(message, { cause });
    this.stderr = stderr;
  }
}

export interface OpenOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly processes: Processes;
}

/**
 * Connects to a server in the protocol era that both speak, and lists its tools.
 *
 * @throws ServerFault when it does not start, or does not answer in time
 */
export async function openServer(name: string, entry: ServerEntry, options: OpenOptions): Promise<OpenServer> {
  if (entry.kind === 'http') {
    // A redirect would carry the headers, and the secrets in them, to another place.
    const requestInit = { headers: { ...entry.headers }, redirect: 'error' } as const;
    return connect(name, new StreamableHTTPClientTransport(new URL(entry.url), { requestInit }), 'auto', options);
  }
  try {
    return await connect(name, new ProcessTransport(entry, options.processes), 'auto', options);
  } catch (error) {
    // Some older servers end at any request before `initialize`: such a one gets a second process, addressed as it expects.
    if (!endedByItself(error) || options.signal.aborted) throw error;
    return connect(name, new ProcessTransport(entry, options.processes), 'legacy', options);
  }
}

function endedByItself(error: unknown): boolean {
  const cause = error instanceof ServerFault ? error.cause : undefined;
  return cause instanceof Error && /clos/i.test(cause.message);
}

async function connect(
  name: string,
  transport: ProcessTransport | StreamableHTTPClientTransport,
  mode: 'auto' | 'legacy',
  { timeoutMs, signal }: OpenOptions,
): Promise<OpenServer> {
  const own = transport instanceof ProcessTransport ? transport : undefined;
  const stderr = () => cut(safeText(own?.said ?? '').trim(), 4000);
  // No capabilities: a server must not be able to ask through this client, least of all for a confirmation.
  const client = new Client(
    { name: 'cinecom-runbook', version: ownVersion },
    { capabilities: {}, versionNegotiation: { mode, probe: { timeoutMs: Math.ceil(timeoutMs / 2) } } },
  );
  try {
    const tools = await before(timeoutMs, signal, async () => {
      await client.connect(transport, { timeout: timeoutMs });
      const listed = await client.listTools(undefined, { timeout: timeoutMs });
      return new Map(listed.tools.map((tool) => [tool.name, tool]));
    });
    own?.look();
    const identity = client.getServerVersion();
    return {
      name,
      identity: { name: safeLine(identity?.name ?? name, 100), version: safeLine(identity?.version ?? '', 50) },
      protocol: client.getNegotiatedProtocolVersion() ?? '',
      pid: own?.pid ?? undefined,
      tools,
      stderr,
      call: (tool, args, options) => call(client, tool, args, options),
      close: () => client.close(),
    };
  } catch (error) {
    await client.close().catch(() => undefined); // The reason is already known; closing can only repeat it.
    await transport.close().catch(() => undefined);
    throw new ServerFault(`the server "${name}" could not be started: ${safeLine(messageOf(error))}`, stderr(), error);
  }
}

function call(
  client: Client,
  name: string,
  args: Readonly<Record<string, unknown>>,
  { timeoutMs, signal, meta, onProgress }: CallOptions,
): Promise<CallToolResult> {
  return client.callTool(
    { name, arguments: { ...args }, _meta: { ...meta } },
    {
      timeout: timeoutMs,
      signal,
      onprogress: ({ message, progress, total }) => {
        onProgress(message ?? (total === undefined ? String(progress) : `${progress} of ${total}`));
      },
    },
  );
}

async function before<Value>(timeoutMs: number, signal: AbortSignal, work: () => Promise<Value>): Promise<Value> {
  signal.throwIfAborted();
  const late = AbortSignal.any([AbortSignal.timeout(timeoutMs), signal]);
  const stopped = new Promise<never>((_resolve, reject) => {
    late.addEventListener('abort', () => {
      reject(signal.aborted ? new Error('interrupted') : new Error(`no answer within ${timeoutMs / 1000} s`));
    });
  });
  return Promise.race([work(), stopped]);
}
