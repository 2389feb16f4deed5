import type { Clock } from './call.ts';
import type { Prompt } from './prompt.ts';
import type { Tool } from './tool.ts';
import type { State } from '../state/state.ts';
import type { SettingsDeclaration, SettingsValues } from '../settings/setting.ts';
import type { ToolListing } from '../serve/listing.ts';

/** What `connect` gets. It is called on the first use of the backend, never during the handshake. */
export interface ConnectContext<Settings> {
  readonly settings: Settings;
  /** Aborts after 10 s, or when the server stops. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** One redacted line to stderr: for driver events that belong to no call. */
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', text: string) => void;
}

/** What `background` gets: of a process that stays, with what it may keep. */
export interface BackgroundContext<Settings> extends ConnectContext<Settings> {
  readonly state: Pick<State, 'store' | 'exclusive'>;
  /** `daemon`, not a server for clients. */
  readonly isDaemon: boolean;
}

/** Every backend can be closed; everything else is the server's own port. */
export interface Closable {
  close(): Promise<void>;
}

/** One line of `check`. */
export interface CheckRow {
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'failed' | 'unknown';
  readonly detail: string;
  /** The command or statement that repairs it. */
  readonly fix?: string;
}

export interface ServerDefinition<Fields extends SettingsDeclaration, Backend extends Closable> {
  /** Package and binary name without scope: `mcp-postgres-admin`. */
  readonly name: string;
  readonly title: string;
  readonly version: string;
  /** Tool prefix with underscore: `pg_`. */
  readonly prefix: string;
  /** ≤1,500 characters, decisive words first. */
  readonly instructions: string;
  readonly settings: Fields;
  connect(context: ConnectContext<SettingsValues<Fields>>): Promise<Backend>;
  /** Loaded after the handshake: `() => import('./tools/index.ts').then((module) => module.tools)`. */
  tools(): Promise<readonly Tool<Backend, SettingsValues<Fields>>[]>;
  /** Definitions generated at build, so that listing needs no schema building; tested equal to the computed ones. */
  readonly listing?: () => readonly ToolListing[];
  readonly prompts?: readonly Prompt[];
  /** Rows that `check` adds once the backend is reached: version, role, privileges held against needed. */
  doctor?(backend: Backend, settings: SettingsValues<Fields>, signal: AbortSignal): Promise<readonly CheckRow[]>;
  /**
   * What goes on beside the calls while a server or a daemon stays: recording what the backend forgets. Begins with the
   * first connection, which a daemon makes at its start; ends when the signal aborts. What it throws is logged and ends it.
   */
  background?(backend: Backend, context: BackgroundContext<SettingsValues<Fields>>): Promise<void>;
  /** What `daemon` runs beside the jobs, under the same lock: a gateway, timers. Ends when the signal aborts. */
  daemon?(backend: Backend, context: ConnectContext<SettingsValues<Fields>>): Promise<void>;
}

/** A server as a value; `run` starts it. Types are erased so that the core and tooling handle any server alike. */
export type Server = ServerDefinition<SettingsDeclaration, Closable>;

/** Declares a server. Nothing runs, connects or is built at import. */
export function defineServer<Fields extends SettingsDeclaration, Backend extends Closable>(
  definition: ServerDefinition<Fields, Backend>,
): Server {
  return definition as unknown as Server;
}
