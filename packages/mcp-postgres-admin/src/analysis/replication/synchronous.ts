import { counted, type Finding } from '@cinecom/mcp-core';
import type { ReplicationPicture } from '../../model/replication.ts';

/**
 * How many standbys a commit waits for: `FIRST 2 (a, b)`, `ANY 1 (…)`, `2 (…)`, a plain list (one), nothing (none).
 *
 * @see the grammar of synchronous_standby_names in the manual of PostgreSQL
 */
export function synchronousNeed(names: string): number {
  if (names.trim() === '') return 0;
  const counted = /^\s*(?:(?:FIRST|ANY)\s+)?(\d+)\s*\(/i.exec(names);
  return counted === null ? 1 : Number(counted[1]);
}

/** Values of synchronous_commit under which a commit waits for standbys. */
const waiting: readonly string[] = ['on', 'remote_write', 'remote_apply'];

/** Commits wait for ever when fewer synchronous standbys stream than the primary was told to wait for. */
export function judgeSynchronous(picture: ReplicationPicture): readonly Finding[] {
  const { names, commit } = picture.synchronous;
  const need = synchronousNeed(names);
  // A standby waits for nobody, whatever the setting says.
  if (need === 0 || picture.standby !== null) return [];
  if (picture.replicas.some((replica) => replica.syncState === 'unknown')) return [];
  const have = picture.replicas.filter(({ syncState }) => syncState === 'sync' || syncState === 'quorum').length;
  if (have >= need) return [];
  const all = waiting.includes(commit);
  return [
    {
      id: 'synchronous_standby_missing',
      severity: all ? 'critical' : 'warning',
      object: 'synchronous_standby_names',
      evidence: `${names}: ${counted(need, 'standby', 'standbys')} needed, ${have} connected; ${all ? 'every commit that writes waits' : `only sessions that raise synchronous_commit (${commit}) wait`}`,
      threshold: `${need} streaming`,
      fix: 'Bring a named standby back; to let commits go on without one: ALTER SYSTEM SET synchronous_standby_names, then reload',
    },
  ];
}
