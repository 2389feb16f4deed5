/** UTC milliseconds and a value. Null and NaN are gaps; ±Infinity is marked at the edge. */
export type ChartPoint = readonly [at: number, value: number | null];

/** A span of time, UTC milliseconds. */
export interface ChartSpan {
  readonly start: number;
  readonly end: number;
}

export interface ChartSeries {
  /** May be hostile: it is cleaned, escaped and cut. */
  readonly name: string;
  /** Oldest first. */
  readonly points: readonly ChartPoint[];
}

export type Severity = 'ok' | 'warning' | 'critical';

export interface Threshold {
  readonly value: number;
  readonly severity: Severity;
  /** The side that is bad, shaded as an area. Without it only a line is drawn, and above counts as bad. */
  readonly side?: 'above' | 'below' | undefined;
  readonly label?: string | undefined;
}

/** A moment, or with `end` a region, worth seeing: a deployment, an alert that fires. */
export interface Annotation {
  readonly at: number;
  readonly end?: number | undefined;
  readonly label?: string | undefined;
}

/** What every kind has. */
export interface ChartFrame {
  readonly title?: string | undefined;
  /** Pixels, 200 to 2000; 1000 when left out, of a stat 400. */
  readonly width?: number | undefined;
  /** Pixels, 100 to 1200; when left out 400, or what the rows take. */
  readonly height?: number | undefined;
  readonly theme?: 'light' | 'dark' | undefined;
  /** IANA name of the zone times are shown in; UTC when left out. */
  readonly zone?: string | undefined;
}

export interface TimeSeriesChart extends ChartFrame {
  readonly kind: 'timeseries';
  /** The first 20 are drawn, the rest are counted. */
  readonly series: readonly ChartSeries[];
  readonly span: ChartSpan;
  readonly style?: 'line' | 'area' | 'bars' | 'points' | undefined;
  /** Stacked series share their moments, as the answers of range queries do. */
  readonly stacked?: boolean | undefined;
  /** One of the unit table; another is written after the number. */
  readonly unit?: string | undefined;
  readonly axis?: ValueAxis | undefined;
  readonly thresholds?: readonly Threshold[] | undefined;
  readonly annotations?: readonly Annotation[] | undefined;
  /** Joins points over null, NaN and missing moments. */
  readonly spanNulls?: boolean | undefined;
  /** Usual distance of points: farther ones than one and a half times this are not joined. Without it only null and NaN are gaps. */
  readonly stepMs?: number | undefined;
}

export interface ValueAxis {
  readonly scale?: 'linear' | 'log' | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly label?: string | undefined;
}

export interface StatChart extends ChartFrame {
  readonly kind: 'stat';
  readonly label?: string | undefined;
  readonly value: number | null;
  readonly unit?: string | undefined;
  readonly thresholds?: readonly Threshold[] | undefined;
  /** The line behind the value. */
  readonly spark?: { readonly points: readonly ChartPoint[]; readonly span: ChartSpan } | undefined;
}

export interface BarListChart extends ChartFrame {
  readonly kind: 'bar-list';
  /** In the order to show. */
  readonly bars: readonly { readonly name: string; readonly value: number | null }[];
  readonly unit?: string | undefined;
  readonly thresholds?: readonly Threshold[] | undefined;
  /** The value of a full bar; the largest one when left out. */
  readonly max?: number | undefined;
}

export interface TableChart extends ChartFrame {
  readonly kind: 'table';
  readonly columns: readonly { readonly name: string; readonly unit?: string | undefined }[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

export interface StateTimelineChart extends ChartFrame {
  readonly kind: 'state-timeline';
  readonly span: ChartSpan;
  readonly rows: readonly {
    readonly name: string;
    readonly states: readonly StateSpan[];
  }[];
}

export interface StateSpan extends ChartSpan {
  readonly state: string;
  /** Decides the colour; without it each state gets one of its own. */
  readonly severity?: Severity | undefined;
}

export type ChartSpec = TimeSeriesChart | StatChart | BarListChart | TableChart | StateTimelineChart;
