import type { World } from './world/world.ts';

/** Which parts of the server exist; an absent one answers 404. All are there by default, less in self-hosted mode. */
export interface Features {
  readonly workflows: boolean;
  readonly detectors: boolean;
  readonly seer: boolean;
  readonly timeseries: boolean;
  /** the `errors`, `spans`, `logs` … datasets; without it `/events/` knows `discover` and `transactions` only */
  readonly datasets: boolean;
  readonly sessions: boolean;
  readonly monitors: boolean;
  readonly stats: boolean;
  readonly projectKeys: boolean;
  readonly releases: boolean;
  readonly filters: boolean;
  /** Whether an issue has its `recommended` event, or knows `latest` and `oldest` only. */
  readonly recommendedEvent: boolean;
  /** project rules, `alert-rules`, `combined-rules` */
  readonly legacyAlerts: boolean;
}

export interface SentryOptions {
  readonly mode?: 'saas' | 'self-hosted';
  /** as `/sentry`; empty by default */
  readonly basePath?: string;
  /** PEM texts; the double then speaks https */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** of the token; all reads and writes by default */
  readonly scopes?: readonly string[];
  /** UTC ms; the clock then stands still but for `advance`. Default: real time */
  readonly now?: number;
  readonly features?: Partial<Features>;
  /** host names besides 127.0.0.1:PORT that may reach it, as `us.sentry.io`; anything else is a violation */
  readonly hosts?: readonly string[];
}

export interface RecordedRequest {
  readonly method: string;
  /** without the base path, percent-encoding kept */
  readonly path: string;
  readonly query: URLSearchParams;
  /** parsed JSON, else the text; undefined when empty */
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** UTC ms of the double's clock */
  readonly at: number;
  /** the status that was answered, or what was done instead */
  readonly outcome: number | 'reset' | 'truncate' | 'slow' | 'hang' | 'html';
}

export interface EnvelopeItem {
  readonly headers: Readonly<Record<string, unknown>>;
  /** parsed JSON, else the text */
  readonly payload: unknown;
}

export interface ReceivedEnvelope {
  readonly project: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly items: readonly EnvelopeItem[];
  readonly raw: string;
  readonly status: number;
}

export type FaultAnswer =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
  /** connection reset before an answer */
  | 'reset'
  /** status 200 and half of the body, then closed */
  | 'truncate'
  /** accepts the request and never answers */
  | 'slow'
  /** sends the head and never the body */
  | 'hang'
  /** a login page with status 200 */
  | 'html';

export interface Fault extends FaultScope {
  readonly answer: FaultAnswer;
}

/** As `{ status: 503, times: 2 }`. */
export type PlainFault = FaultScope & Exclude<FaultAnswer, string>;

export interface FaultScope {
  /** on the path without base path; all paths by default */
  readonly match?: RegExp;
  readonly method?: string;
  /** how many requests are hit; 1 by default */
  readonly times?: number;
  /** true: the request is carried out and only its answer is lost; false by default */
  readonly after?: boolean;
}

export interface SentryDouble {
  /** http(s)://127.0.0.1:PORT + base path */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly world: World;
  readonly requests: readonly RecordedRequest[];
  readonly envelopes: readonly ReceivedEnvelope[];
  /** what the API document or the safety rules forbid, in requests and in the double's own answers */
  readonly violations: readonly string[];
  /** false when the API document is absent and nothing is validated */
  readonly validates: boolean;
  readonly clock: { now(): number; advance(ms: number): void };
  /** The next `times` matching requests meet this fault. */
  fail(fault: PlainFault): void;
  fail(fault: Fault): void;
  /** Changes each later JSON answer after its validation; without argument answers are sent unchanged again. */
  mutate(change?: (body: unknown, path: string) => unknown): void;
  /** of the project's first key, or of `key` (its public part). */
  dsn(project: string, key?: string): string;
  stop(): Promise<void>;
}
