import { autoscaleCheck } from './autoscale-check.ts';
import { cleanup } from './cleanup.ts';
import { deployCheck } from './deploy-check.ts';
import { diagnose } from './diagnose.ts';
import { events } from './events.ts';
import { heal } from './heal.ts';
import { images } from './images.ts';
import { inspect } from './inspect.ts';
import { lint } from './lint.ts';
import { logs } from './logs.ts';
import { overview } from './overview.ts';
import { restart } from './restart.ts';
import { rightsize } from './rightsize.ts';
import { rollback } from './rollback.ts';
import { rollout } from './rollout.ts';
import { rolloutStatus } from './rollout-status.ts';
import { scale } from './scale.ts';
import { setResources } from './set-resources.ts';
import { snapshot } from './snapshot.ts';
import { stats } from './stats.ts';
import { stop } from './stop.ts';
import { up } from './up.ts';

/** All tools, in the order of the table in the README. */
export const tools = [
  overview,
  diagnose,
  inspect,
  lint,
  logs,
  events,
  stats,
  images,
  deployCheck,
  rollout,
  rolloutStatus,
  rollback,
  snapshot,
  restart,
  up,
  stop,
  scale,
  autoscaleCheck,
  heal,
  rightsize,
  setResources,
  cleanup,
];
