export type { HistogramPoint, Labels, Point, Series, Span } from './series.ts';
