import type { Server as SdkServer } from '@modelcontextprotocol/server';
import type { AuditEvent, AuditLog, AuditStatus } from '../audit/types.ts';
import { type Clock, systemClock } from '../define/call.ts';
import type { Closable, Server } from '../define/server.ts';
import { ToolError } from '../errors/tool-error.ts';
import type { Gate } from '../gate/types.ts';
import { listTools } from '../serve/list-tools.ts';
import type { ToolListing } from '../serve/listing.ts';
import type { Handlers } from '../serve/sdk-server.ts';
import type { LoadedSettings } from '../settings/loaded.ts';
import { createBackendConnector } from './backend.ts';
import { createBackground } from './background.ts';
import type { CoreSettings } from '../settings/core-settings.ts';
import type { AnyTool, CallHost } from './host.ts';
import { type Observer, observeAll } from '../monitor/observer.ts';
import { createLimits } from './limits.ts';
import { createLog } from './log.ts';
import { createNotes } from './notes.ts';
import { once } from './once.ts';
import { auditUnavailable } from './audit-unavailable.ts';
import type { Parts, Providers } from './parts.ts';
import type { Answer, Ask, CallRequest } from './request.ts';

export interface RuntimeOptions {
  readonly providers: Providers;
  readonly clock?: Clock;
  /** Where log lines go: stderr. */
  readonly writeLog: (line: string) => void;
  /** `CLAUDE_CODE_SESSION_ID`. */
  readonly session?: string | undefined;
  /** Who hears what this server does. */
  readonly observers?: readonly Observer[];
  /** Of a process that is there for more than one command: what the server does beside its calls goes on in it. */
  readonly stays?: 'server' | 'daemon';
}

/** What can be told of a process at any time. */
export interface Vitals {
  readonly inFlight: number;
  /** Undefined until the log is open. */
  readonly audit: AuditStatus | undefined;
}

/** A server and its settings, ready to be called through any door: stdio, command line, tests. */
export interface Runtime extends CallHost {
  /** Which tools this configuration offers, and why not the others. */
  access(): Promise<Pick<Gate, 'lists' | 'whyNot'>>;
  /** Tools this configuration offers, as a client sees them. */
  listing(): Promise<readonly ToolListing[]>;
  /** Never rejects; what goes wrong is an answer. */
  callTool(request: CallRequest): Promise<Answer | Ask>;
  /** Writes one record that belongs to no tool call: `rejected`, `prompt`. */
  note(event: Omit<AuditEvent, 'id'>): Promise<void>;
  /** From now on this one too hears what the server does. */
  watch(observer: Observer): void;
  /** How it goes at this moment. */
  vitals(): Vitals;
  /** Aborts calls in flight; they end with this error. */
  stop(reason: ToolError): void;
  /** Resolves when no call is in flight. */
  idle(): Promise<void>;
  /** Ends the audit log; calls still in flight are recorded as of unknown outcome. */
  close(reason: string): Promise<void>;
  /** The same at once, for a process about to end. */
  closeSync(reason: string): void;
  /** Adds protocol features the product has no use for: only the fixture of the conformance suite sets it. */
  readonly extend?: (sdk: SdkServer, handlers: Handlers) => void;
}

/** Puts the parts of one process together. Opens, connects and evaluates nothing until it is needed. */
export function createRuntime(
  server: Server,
  loaded: LoadedSettings<Readonly<Record<string, unknown>>>,
  options: RuntimeOptions,
): Runtime {
  const clock = options.clock ?? systemClock;
  const core = loaded.values as unknown as CoreSettings;
  const stopping = new AbortController();
  const calls = createInFlight();
  const observers = [...(options.observers ?? [])];
  const observer = observeAll(observers);
  let loadedParts: Parts | undefined;
  const parts = once(async () => (loadedParts = await loadParts(options.providers)));
  const lines = createLog({ parts, write: options.writeLog, level: core.logLevel, name: server.name, clock });
  const log: CallHost['log'] = (level, text) => lines.write(level, text);
  let opening: Promise<AuditLog> | undefined;
  let opened: AuditLog | undefined;
  const audit = once(async () => {
    try {
      opening = options.providers.audit();
      return (opened = await opening);
    } catch (error) {
      log('error', `the audit log cannot be opened: ${String(error)}`);
      observer.fault({ where: 'audit', error });
      throw auditUnavailable(error);
    }
  });
  const notes = createNotes({ audit, now: () => clock.now(), complain: (text) => log('error', text) });
  const tools = once(async () => new Map((await server.tools()).map((tool) => [tool.name, tool as AnyTool])));
  const access = once(() => options.providers.access());
  const backend = createBackendConnector({
    clock,
    shutdown: stopping.signal,
    connect: (signal): Promise<Closable> => server.connect({ settings: loaded.values, signal, clock, log }),
    connected: (opened) => background.begin(opened),
  });
  const host: CallHost = {
    server,
    loaded,
    core,
    clock,
    limits: createLimits({ clock, rate: core.rate, concurrency: core.concurrency }),
    backend,
    observer,
    stopping: stopping.signal,
    session: options.session,
    tools,
    parts,
    audit,
    log,
    enter: calls.enter,
  };
  const background = createBackground(host, options.stays);
  const listing = once(async () => {
    const { lists } = await access();
    return listTools({
      embedded: server.listing,
      tools: async () => (await tools()).values(),
      lists,
      structured: core.results === 'structured',
      secondFactor: core.approvalTotp !== undefined,
    });
  });
  return {
    ...host,
    access,
    listing,
    async callTool(request) {
      try {
        const { callTool } = await import('./call-tool.ts');
        return await callTool(host, request);
      } catch (error) {
        log('error', `the pipeline cannot run: ${String(error)}`);
        observer.fault({ where: 'call', error });
        return brokenAnswer();
      }
    },
    async note(event) {
      const known = calls.enter(() => undefined);
      try {
        await notes.write(event);
      } finally {
        known.done();
      }
      observer.noted(event.type, event.outcome?.result === 'denied');
    },
    watch: (another) => void observers.push(another),
    vitals: () => ({ inFlight: calls.count(), audit: opened?.status() }),
    stop(reason) {
      stopping.abort(reason);
      void loadedParts?.state.close();
    },
    idle: calls.idle,
    async close(reason) {
      const open = calls.unfinished();
      await background.end();
      const state = loadedParts?.state.close();
      await opening?.catch(() => undefined);
      if (open.length > 0) opened?.closeSync(reason, open);
      else await opened?.close(reason);
      backend.close().catch((error: unknown) => log('debug', `closing the backend: ${String(error)}`));
      await state;
      await Promise.all([lines.flush(), observer.flush()]);
    },
    closeSync: (reason) => opened?.closeSync(reason, calls.unfinished()),
  };
}

/** Without redactor, gate or state nothing was run, and nothing of the reason may leave. */
function brokenAnswer(): Answer {
  const error = { code: 'internal', retryable: false, applied: 'no' } as const;
  const text = 'internal: a part of this server could not be loaded; nothing was done. Run its check command.';
  return { kind: 'answer', outcome: 'failure', text, images: [], error, meta: { 'cinecom/error': error } };
}

async function loadParts(providers: Providers): Promise<Parts> {
  const [redactor, firewall, gate, state] = await Promise.all([
    providers.redactor(),
    providers.firewall(),
    providers.gate(),
    providers.state(),
  ]);
  return { redactor, firewall, gate, state, cursors: once(() => providers.cursors()) };
}

function createInFlight(): {
  enter: CallHost['enter'];
  idle: () => Promise<void>;
  unfinished: () => readonly AuditEvent[];
  count: () => number;
} {
  const calls = new Set<() => AuditEvent | undefined>();
  let waiting: (() => void)[] = [];
  return {
    enter(unfinished) {
      calls.add(unfinished);
      return {
        done() {
          calls.delete(unfinished);
          if (calls.size > 0) return;
          for (const resolve of waiting) resolve();
          waiting = [];
        },
      };
    },
    idle: () => (calls.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    unfinished: () => [...calls].map((one) => one()).filter((event) => event !== undefined),
    count: () => calls.size,
  };
}
