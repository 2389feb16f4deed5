import { count, type Finding } from '@cinecom/mcp-core';

/** What one and several findings of a rule are called; of new, regressed and escalating issues only some are findings. */
const nouns: Readonly<Record<string, readonly [one: string, several: string]>> = {
  new_unhandled_issue: ['project with a new unhandled issue', 'projects with a new unhandled issue'],
  error_rate: ['project with more errors', 'projects with more errors'],
  silent_project: ['project silent', 'projects silent'],
  monitor_failing: ['monitor failing', 'monitors failing'],
  monitor_missed: ['monitor missed', 'monitors missed'],
  monitor_timed_out: ['monitor timed out', 'monitors timed out'],
  monitor_late: ['monitor late', 'monitors late'],
  monitor_never_checked_in: ['monitor never checked in', 'monitors never checked in'],
  monitor_muted: ['monitor muted', 'monitors muted'],
  monitor_disabled: ['monitor disabled', 'monitors disabled'],
  uptime_failing: ['address failing', 'addresses failing'],
  dropped_quota: ['project drops by quota', 'projects drop by quota'],
  dropped_key_limit: ['project drops by key limit', 'projects drop by key limit'],
  dropped_rejected: ['project drops unreadable events', 'projects drop unreadable events'],
  unacknowledged_l3: ['issue unacknowledged (L3)', 'issues unacknowledged (L3)'],
  unacknowledged_l2: ['issue unacknowledged (L2)', 'issues unacknowledged (L2)'],
  unacknowledged_l1: ['issue unacknowledged (L1)', 'issues unacknowledged (L1)'],
  escalating_issue: ['escalating issue of most users', 'escalating issues of most users'],
  regressed_issue: ['regressed issue of most users', 'regressed issues of most users'],
  new_issue: ['new issue of most users', 'new issues of most users'],
  release_new_issue: ['grave issue of a release', 'grave issues of releases'],
  release_regressed: ['release regressed', 'releases regressed'],
  p95_slower: ['project slower', 'projects slower'],
  failure_rate_higher: ['project failing more', 'projects failing more'],
  throughput_zero: ['project without requests', 'projects without requests'],
};

/** Findings by rule, in their order: `60 monitors missed, 60 projects drop by key limit`. */
export function kindsOf(list: readonly Finding[]): string {
  const counts = new Map<string, number>();
  for (const { id } of list) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts].map(([id, many]) => `${count(many)} ${nounOf(id, many)}`).join(', ');
}

function nounOf(id: string, many: number): string {
  const [one, several] = nouns[id] ?? [id.replaceAll('_', ' '), id.replaceAll('_', ' ')];
  return many === 1 ? one : several;
}

/**
 * As many findings as there is room for: the first of each rule first, then of each in turn, so that none hides another.
 *
 * @param list worst first
 * @param room.rows at most so many
 * @param room.bytes of their rows in a table
 * @param kindOf what takes turns; the rule by default
 * @returns in the order of the list
 */
export function fairShare(
  list: readonly Finding[],
  room: { readonly rows: number; readonly bytes: number },
  kindOf: (found: Finding) => string = ({ id }) => id,
): readonly Finding[] {
  const seen = new Map<string, number>();
  const turns = list.map((found) => {
    const turn = seen.get(kindOf(found)) ?? 0;
    seen.set(kindOf(found), turn + 1);
    return { found, turn };
  });
  const shown = new Set<Finding>();
  let left = room.bytes;
  for (const { found } of turns.toSorted((a, b) => a.turn - b.turn)) {
    left -= rowBytes(found);
    if (shown.size >= room.rows || (left < 0 && shown.size > 0)) break;
    shown.add(found);
  }
  return list.filter((found) => shown.has(found));
}

/** Of a row with its bars and fences. */
function rowBytes({ severity, id, object, evidence, threshold, fix }: Finding): number {
  return Buffer.byteLength(`|${severity}|${id}|\`${object}\`|\`${evidence}\` vs ${threshold}|${fix}|\n`);
}
