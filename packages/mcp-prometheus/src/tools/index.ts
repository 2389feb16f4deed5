import { checkTargets } from './check-targets.ts';
import { query } from './query.ts';

/** All tools, in the order of the table in the README. */
export const tools = [query, checkTargets];
