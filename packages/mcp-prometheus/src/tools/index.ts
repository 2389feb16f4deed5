import { alertHistory } from './alert-history.ts';
import { alerts } from './alerts.ts';
import { backtestRule } from './backtest-rule.ts';
import { cardinality } from './cardinality.ts';
import { checkConfig } from './check-config.ts';
import { checkRules } from './check-rules.ts';
import { checkTargets } from './check-targets.ts';
import { comparePeriods } from './compare-periods.ts';
import { editRules } from './edit-rules.ts';
import { explainQuery } from './explain-query.ts';
import { findAnomalies } from './find-anomalies.ts';
import { findMetrics } from './find-metrics.ts';
import { forecastCapacity } from './forecast-capacity.ts';
import { kpis } from './kpis.ts';
import { overview } from './overview.ts';
import { query } from './query.ts';
import { resources } from './resources.ts';
import { services } from './services.ts';
import { silence } from './silence.ts';
import { sloReport } from './slo-report.ts';
import { whatChanged } from './what-changed.ts';

/** All tools, in the order of the table in the README. */
export const tools = [
  overview,
  query,
  findMetrics,
  explainQuery,
  checkTargets,
  checkConfig,
  resources,
  services,
  kpis,
  comparePeriods,
  findAnomalies,
  whatChanged,
  forecastCapacity,
  cardinality,
  alerts,
  alertHistory,
  checkRules,
  backtestRule,
  sloReport,
  editRules,
  silence,
];
