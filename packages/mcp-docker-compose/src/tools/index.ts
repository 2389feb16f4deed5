import { deployCheck } from './deploy-check.ts';
import { diagnose } from './diagnose.ts';
import { logs } from './logs.ts';
import { overview } from './overview.ts';
import { rollback } from './rollback.ts';
import { rollout } from './rollout.ts';
import { rolloutStatus } from './rollout-status.ts';
import { snapshot } from './snapshot.ts';
import { stats } from './stats.ts';

/** All tools, in the order of the table in the README. */
export const tools = [overview, diagnose, logs, stats, deployCheck, rollout, rolloutStatus, rollback, snapshot];
