import type { CheckName, HealthReading } from '../../model/health.ts';
import type { Reader } from '../reader.ts';
import { readTableLayouts } from './bloat.ts';
import { readDatabases } from './databases.ts';
import { readMoment } from './moment.ts';
import { readLocks } from './locks.ts';
import { readReplication } from './replication.ts';
import { readSequences } from './sequences.ts';
import { readArchiver, readCheckpoints, readSettings } from './server.ts';
import { readLimits, readSessions } from './sessions.ts';
import { readVacuum } from './vacuum.ts';

/** Below this a bloated table is not worth a finding. */
const bloatFromBytes = 100_000_000;

/** All that the given checks look at, over one connection, one short statement each. */
export async function readHealth(
  reader: Reader,
  checks: readonly CheckName[],
  own: readonly number[],
): Promise<HealthReading> {
  const wants = (...names: readonly CheckName[]) => names.some((name) => checks.includes(name));
  return {
    facts: reader.facts,
    ...(await readMoment(reader)),
    databases: await reader.part(() => readDatabases(reader, wants('storage'))),
    sessions: await reader.part(() => readSessions(reader, own)),
    limits: await reader.part(() => readLimits(reader)),
    settings: await reader.part(() => readSettings(reader)),
    ...(wants('locks') ? { locks: await reader.part(() => readLocks(reader)) } : {}),
    ...(wants('vacuum') ? { vacuum: await reader.part(() => readVacuum(reader)) } : {}),
    ...(wants('bloat')
      ? { layouts: await reader.part(() => readTableLayouts(reader, { minBytes: bloatFromBytes })) }
      : {}),
    ...(wants('sequences') ? { sequences: await reader.part(() => readSequences(reader)) } : {}),
    ...(wants('replication', 'wraparound') ? { replication: await reader.part(() => readReplication(reader)) } : {}),
    ...(wants('checkpoints') ? { checkpoints: await reader.part(() => readCheckpoints(reader)) } : {}),
    ...(wants('archive') ? { archiver: await reader.part(() => readArchiver(reader)) } : {}),
  };
}
