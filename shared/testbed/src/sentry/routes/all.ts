import type { Route } from '../route.ts';
import { accountRoutes } from './account.ts';
import { eventRoutes } from './events-of-issue.ts';
import { discoverRoutes } from './events.ts';
import { singleIssueRoutes } from './issue.ts';
import { issueRoutes } from './issues.ts';
import { statsRoutes } from './stats.ts';

export const allRoutes: readonly Route[] = [
  ...accountRoutes,
  ...issueRoutes,
  ...singleIssueRoutes,
  ...eventRoutes,
  ...discoverRoutes,
  ...statsRoutes,
];
