import { projects } from './projects.ts';
import { searchIssues } from './search-issues.ts';

/** All tools, in the order of the table in the README. */
export const tools = [projects, searchIssues];
