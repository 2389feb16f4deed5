import { alertRules } from './alert-rules.ts';
import { applyAlertPolicy } from './apply-alert-policy.ts';
import { captureEvent } from './capture-event.ts';
import { checkIngest } from './check-ingest.ts';
import { issueEvents } from './issue-events.ts';
import { issue } from './issue.ts';
import { monitors } from './monitors.ts';
import { overview } from './overview.ts';
import { performance } from './performance.ts';
import { projects } from './projects.ts';
import { query } from './query.ts';
import { release } from './release.ts';
import { report } from './report.ts';
import { searchIssues } from './search-issues.ts';
import { rootCause } from './root-cause.ts';
import { seerStateTool } from './seer-state.ts';
import { startSeer } from './start-seer.ts';
import { trace } from './trace.ts';
import { triageIssues } from './triage-issues.ts';
import { unacknowledged } from './unacknowledged.ts';
import { usage } from './usage.ts';

/** All tools, in the order of the table in the README. */
export const tools = [
  overview,
  projects,
  searchIssues,
  issue,
  issueEvents,
  rootCause,
  query,
  trace,
  performance,
  release,
  seerStateTool,
  startSeer,
  monitors,
  alertRules,
  applyAlertPolicy,
  triageIssues,
  unacknowledged,
  usage,
  checkIngest,
  captureEvent,
  report,
];
