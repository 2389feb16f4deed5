import { logs } from './logs.ts';
import { overview } from './overview.ts';

/** All tools, in the order of the table in the README. */
export const tools = [overview, logs];
