import type { Route } from '../route.ts';
import { accountRoutes } from './account.ts';
import { alertRoutes } from './alerts.ts';
import { eventRoutes } from './events-of-issue.ts';
import { discoverRoutes } from './events.ts';
import { integrationRoutes } from './integrations.ts';
import { singleIssueRoutes } from './issue.ts';
import { issueRoutes } from './issues.ts';
import { monitorRoutes } from './monitors.ts';
import { releaseRoutes } from './releases.ts';
import { seerRoutes } from './seer.ts';
import { sessionRoutes } from './sessions.ts';
import { statsRoutes } from './stats.ts';
import { timeseriesRoutes } from './timeseries.ts';
import { traceRoutes } from './trace.ts';

export const allRoutes: readonly Route[] = [
  ...accountRoutes,
  ...alertRoutes,
  ...discoverRoutes,
  ...eventRoutes,
  ...integrationRoutes,
  ...issueRoutes,
  ...monitorRoutes,
  ...releaseRoutes,
  ...seerRoutes,
  ...sessionRoutes,
  ...singleIssueRoutes,
  ...statsRoutes,
  ...timeseriesRoutes,
  ...traceRoutes,
];
