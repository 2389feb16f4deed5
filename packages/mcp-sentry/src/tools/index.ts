import { overview } from './overview.ts';
import { projects } from './projects.ts';
import { query } from './query.ts';
import { alertRules } from './alert-rules.ts';
import { applyAlertPolicy } from './apply-alert-policy.ts';
import { seerStateTool } from './seer-state.ts';
import { startSeer } from './start-seer.ts';
import { searchIssues } from './search-issues.ts';
import { triageIssues } from './triage-issues.ts';

/** All tools, in the order of the table in the README. */
export const tools = [
  overview,
  projects,
  searchIssues,
  query,
  triageIssues,
  alertRules,
  applyAlertPolicy,
  seerStateTool,
  startSeer,
];
