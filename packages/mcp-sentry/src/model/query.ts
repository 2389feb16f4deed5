import type { Scope, Span } from './scope.ts';

import type { datasetNames } from '../analysis/query/dataset-names.ts';

export type Dataset = (typeof datasetNames)[number];

export type CellValue = string | number | boolean | null;

/** Rows as the server tells them: keys are the fields asked for. */
export interface TableAnswer {
  readonly rows: readonly ReadonlyMap<string, CellValue>[];
  /** Of `meta.units`: `millisecond`, `byte`, …, by field. */
  readonly units: ReadonlyMap<string, string>;
  /** True where the server scanned a part only. */
  readonly isPartial: boolean;
  readonly cursor: string | undefined;
  /** The dataset that answered: older servers have other names. */
  readonly dataset: string;
}

export interface SeriesPoint {
  /** Beginning of the bucket, UTC ms. */
  readonly at: number;
  readonly value: number;
  readonly comparison: number | undefined;
  /** The bucket is not over, or not all of it was scanned. */
  readonly isIncomplete: boolean;
  readonly isLowConfidence: boolean;
  readonly sampleRate: number | undefined;
}

export interface QuerySeries {
  readonly group: Readonly<Record<string, string>>;
  readonly isOther: boolean;
  readonly points: readonly SeriesPoint[];
}

export interface SeriesAnswer {
  readonly series: readonly QuerySeries[];
  readonly intervalMs: number | undefined;
  readonly isPartial: boolean;
  /** `events-timeseries`, or `events-stats` of an older server. */
  readonly route: string;
}

export interface TableOptions {
  readonly dataset: Dataset;
  /** ≤20; `sort` must be among them. */
  readonly fields: readonly string[];
  readonly query?: string;
  readonly sort?: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly span: Span;
}

export interface SeriesOptions {
  readonly dataset: Dataset;
  readonly yAxis: string;
  readonly query?: string;
  readonly groupBy?: readonly string[];
  /** 1–10; needs `groupBy` and `sort`. */
  readonly top?: number;
  readonly sort?: string;
  readonly intervalSeconds: number;
  readonly span: Span;
  /** Compared with the same span so many seconds before. */
  readonly comparisonSeconds?: number;
}

export interface Queries {
  /** @throws ToolError `invalid_input` with the server's quoted reason for a field or query it does not take */
  table(scope: Scope, options: TableOptions, signal: AbortSignal): Promise<TableAnswer>;
  series(scope: Scope, options: SeriesOptions, signal: AbortSignal): Promise<SeriesAnswer>;
  /** Attribute names of a dataset that hold `part`, for the nearest name to a wrong one; empty where it cannot be asked. */
  attributes(scope: Scope, dataset: Dataset, part: string, signal: AbortSignal): Promise<readonly string[]>;
}
