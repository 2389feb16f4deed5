import type { Series, Span } from '@cinecom/promql';

/** What the server says of one expression at one moment, or over a span. */
export interface QueryAnswer {
  readonly type: 'vector' | 'matrix' | 'scalar' | 'string';
  /** A scalar is one series without labels. */
  readonly series: readonly Series[];
  /** Of type `string` only. */
  readonly text?: string;
  /** The server's own warnings and notes on the query, written by it. */
  readonly warnings: readonly string[];
}

/** Span and step of a range query, ms. */
export interface RangeOptions extends Span {
  readonly stepMs: number;
}

export interface MetricMetadata {
  /** counter, gauge, histogram, summary, …; `unknown` where exporters say nothing. */
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}

/** Reading with PromQL. Every method rejects with a ToolError, and aborts its requests when `signal` does. */
export interface Queries {
  /**
   * @param options.at UTC ms, now by default
   * @throws ToolError `invalid_input` for a query the server cannot parse, with its position; `timeout`, `backend_error`
   */
  instant(query: string, options: { readonly at?: number }, signal: AbortSignal): Promise<QueryAnswer>;
  /** In chunks where the server would refuse so many points; the borders neither lose nor repeat a point. */
  range(query: string, options: RangeOptions, signal: AbortSignal): Promise<QueryAnswer>;
  /** Label sets of the series that match any of the selectors. `limit` holds whatever the server does with it. */
  series(
    matchers: readonly string[],
    options: Span & { readonly limit: number },
    signal: AbortSignal,
  ): Promise<readonly Readonly<Record<string, string>>[]>;
  labelNames(matchers: readonly string[], span: Span, signal: AbortSignal): Promise<readonly string[]>;
  labelValues(
    label: string,
    matchers: readonly string[],
    options: Span & { readonly limit: number },
    signal: AbortSignal,
  ): Promise<readonly string[]>;
  /** By metric name. */
  metadata(signal: AbortSignal): Promise<ReadonlyMap<string, MetricMetadata>>;
  /** The server's own formatting, and so its parser and type check. @throws ToolError `invalid_input` */
  formatQuery(query: string, signal: AbortSignal): Promise<string>;
}
