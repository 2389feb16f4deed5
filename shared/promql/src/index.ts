export type { HistogramPoint, Labels, Point, Series, Span } from './series.ts';
export {
  labelKey,
  rankByLast,
  type Remainder,
  remainderOf,
  type SeriesSummary,
  summarise,
  thin,
} from './shape/summarise.ts';
export {
  formatDuration,
  parseDuration,
  parseSince,
  parseTime,
  type TimeContext,
  timeForms,
} from './time/parse-time.ts';
export { alignSpan, chooseStep, fittingStep, mostSamples, pointCount, roundStep } from './time/steps.ts';
export { type LocalDate, type ZoneCalendar, zoneCalendar } from './time/zone.ts';
export { chooseRed, type RedExpressions, redExpressions, redMetrics, type RedSource } from './formulas/red.ts';
export { sustained, type Threshold, type UseFormula, useFormulas } from './formulas/use.ts';
