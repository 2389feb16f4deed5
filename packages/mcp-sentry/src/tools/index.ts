import { alertRules } from './alert-rules.ts';
import { applyAlertPolicy } from './apply-alert-policy.ts';
import { captureEvent } from './capture-event.ts';
import { checkIngest } from './check-ingest.ts';
import { issue } from './issue.ts';
import { overview } from './overview.ts';
import { projects } from './projects.ts';
import { query } from './query.ts';
import { searchIssues } from './search-issues.ts';
import { rootCause } from './root-cause.ts';
import { seerStateTool } from './seer-state.ts';
import { startSeer } from './start-seer.ts';
import { trace } from './trace.ts';
import { triageIssues } from './triage-issues.ts';

/** All tools, in the order of the table in the README. */
export const tools = [
  overview,
  projects,
  searchIssues,
  issue,
  query,
  trace,
  rootCause,
  seerStateTool,
  startSeer,
  alertRules,
  applyAlertPolicy,
  triageIssues,
  checkIngest,
  captureEvent,
];
