import { explain } from './explain.ts';
import { overview } from './overview.ts';
import { freeQuery } from './query.ts';

/** All tools, in the order of the table in the README. */
export const tools = [overview, explain, freeQuery];
