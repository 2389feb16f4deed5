export { benjaminiHochberg } from './benjamini-hochberg.ts';
export { binomialLogDensity } from './binomial.ts';
export { type Alternative, binomialTail, binomialTest } from './binomial-test.ts';
export { erfc } from './erfc.ts';
export { fisherTest } from './fisher-test.ts';
export { type GTest, gTest, type Share } from './g-test.ts';
export { mad, madToSigma, median, quantile } from './order.ts';
export { seededRandom } from './random.ts';
export {
  baselineAt,
  type BaselineHour,
  type Sample,
  type SeasonalBaseline,
  seasonalBaseline,
} from './seasonal-baseline.ts';
export { studentTail } from './student-tail.ts';
export { pairwiseSlopes, type Point, theilSen, type Trend, type TrendOptions } from './theil-sen.ts';
