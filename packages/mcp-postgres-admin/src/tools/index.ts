import { cancel } from './cancel.ts';
import { activity } from './activity.ts';
import { backupRun } from './backup-run.ts';
import { backupStatus } from './backup-status.ts';
import { bloat } from './bloat.ts';
import { change } from './change.ts';
import { explain } from './explain.ts';
import { indexAdvice } from './index-advice.ts';
import { indexAudit } from './index-audit.ts';
import { maintain } from './maintain.ts';
import { locks } from './locks.ts';
import { overview } from './overview.ts';
import { privileges } from './privileges.ts';
import { freeQuery } from './query.ts';
import { replication } from './replication.ts';
import { restoreTest } from './restore-test.ts';
import { schema } from './schema.ts';
import { schemaLint } from './schema-lint.ts';
import { storage } from './storage.ts';
import { terminate } from './terminate.ts';
import { vacuum } from './vacuum.ts';
import { topQueries } from './top-queries.ts';

/** All tools, in the order of the table in the README. */
export const tools = [
  overview,
  activity,
  locks,
  topQueries,
  explain,
  freeQuery,
  indexAdvice,
  indexAudit,
  bloat,
  vacuum,
  storage,
  replication,
  schema,
  schemaLint,
  privileges,
  backupStatus,
  backupRun,
  restoreTest,
  maintain,
  cancel,
  terminate,
  change,
];
