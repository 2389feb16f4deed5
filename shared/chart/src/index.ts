export { renderChart, type RenderedChart, type RenderOptions } from './render-chart.ts';
export {
  type Annotation,
  type BarListChart,
  type ChartFrame,
  type ChartPoint,
  type ChartSeries,
  type ChartSpan,
  type ChartSpec,
  type Severity,
  type StatChart,
  type StateSpan,
  type StateTimelineChart,
  type TableChart,
  type Threshold,
  type TimeSeriesChart,
  type ValueAxis,
} from './spec.ts';
