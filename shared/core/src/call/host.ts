import type { AuditEvent, AuditLog } from '../audit/types.ts';
import type { Clock } from '../define/call.ts';
import type { Closable, Server } from '../define/server.ts';
import type { Tool } from '../define/tool.ts';
import type { Observer } from '../monitor/observer.ts';
import type { CoreSettings } from '../settings/core-settings.ts';
import type { LoadedSettings } from '../settings/loaded.ts';
import type { BackendConnector } from './backend.ts';
import type { Limits } from './limits.ts';
import type { Parts } from './parts.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** A tool whose types were erased by the server's definition. */
export type AnyTool = Tool<Closable, Readonly<Record<string, unknown>>>;

/** What one call needs of the process it runs in. */
export interface CallHost {
  readonly server: Server;
  readonly loaded: LoadedSettings<Readonly<Record<string, unknown>>>;
  readonly core: CoreSettings;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly backend: BackendConnector;
  readonly observer: Required<Observer>;
  /** Aborts when the process stops, with the ToolError that calls in flight end with. */
  readonly stopping: AbortSignal;
  /** `CLAUDE_CODE_SESSION_ID`, so that trails join. */
  readonly session: string | undefined;
  tools(): Promise<ReadonlyMap<string, AnyTool>>;
  parts(): Promise<Parts>;
  audit(): Promise<AuditLog>;
  /** One redacted line to stderr. */
  log(level: LogLevel, text: string): void;
  /** Keeps a call known until `done`, so that a stopping process can end its record. */
  enter(unfinished: () => AuditEvent | undefined): { done(): void };
}
