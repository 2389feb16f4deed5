import type { AuditedIndex, HostScans, IndexAudit } from '../../model/index-audit.ts';

const day = 86_400_000;
/** Used less often than once in ten days is called unused. */
const usedADay = 0.1;
const shortestWindow = 7 * day;
/** Not scanned for so long, a good mean over a longer time proves nothing for today. */
const staleAfter = 30 * day;

export type UseVerdict = 'used' | 'drop_candidate' | 'insufficient_data' | 'stale_evidence' | 'unknown';

/** How much an index is used, on all hosts together. */
export interface IndexUse {
  readonly verdict: UseVerdict;
  readonly scans: number;
  /** The shortest of all hosts, ms. */
  readonly windowMs: number;
  readonly lastScanAt: number | undefined;
  /** What the verdict rests on, or lacks. */
  readonly why: string;
}

/** Index counters of an earlier moment, by name: what tells that an index was there already. */
export interface EarlierIndexes {
  readonly at: number;
  readonly scans: ReadonlyMap<string, number>;
  /** Only the largest are kept: a missing one may have been too small. */
  readonly complete: boolean;
}

export interface Hosts {
  readonly all: readonly CountedHost[];
  /** Why the picture has a hole; undefined = every host was asked. */
  readonly hole: string | undefined;
}

/** A host with its counters by oid. */
export interface CountedHost extends Omit<HostScans, 'scans'> {
  readonly scans: ReadonlyMap<string, HostScans['scans'][number]>;
}

export function countedHost(host: HostScans): CountedHost {
  return { ...host, scans: new Map(host.scans.map((one) => [one.oid, one])) };
}

/** Every host whose scans count, and whether one is missing. */
export function hostsOf({ own, senders, standbys }: IndexAudit): Hosts {
  const answered = standbys.flatMap((one) => ('reading' in one ? [one.reading] : []));
  const others = answered.filter(({ systemId, startedAt }) => systemId === own.systemId && startedAt !== own.startedAt);
  const silent = standbys.find((one) => 'missing' in one);
  const foreign = standbys.find((one) => 'reading' in one && one.reading.systemId !== own.systemId);
  const all = [own, ...others].map(countedHost);
  const hole =
    silent !== undefined && 'missing' in silent
      ? `${silent.host} did not tell: ${silent.missing}`
      : foreign !== undefined
        ? `${foreign.host} belongs to another cluster`
        : senders > others.length
          ? `${senders} receive WAL, ${others.length} of them are listed in --standbys`
          : all.every(({ inRecovery }) => inRecovery)
            ? 'the primary was not asked: list it in --standbys'
            : undefined;
  return { all, hole };
}

/**
 * Scans a day over the statistics window of every host. Of a partitioned index those of its parts.
 *
 * @param oids of the index, or of its parts
 */
export function judgeUse(
  index: Pick<AuditedIndex, 'name'>,
  oids: readonly string[],
  hosts: Hosts,
  earlier: EarlierIndexes | undefined,
): IndexUse {
  const counted = hosts.all.map((host) => {
    const own = oids.flatMap((oid) => host.scans.get(oid) ?? []);
    return {
      host,
      scans: own.reduce((sum, one) => sum + one.scans, 0),
      last: Math.max(0, ...own.map(({ lastScanAt }) => lastScanAt ?? 0)),
      windowMs: Math.max(0, host.at - (host.resetAt ?? host.startedAt)),
    };
  });
  const scans = counted.reduce((sum, one) => sum + one.scans, 0);
  const windowMs = Math.min(...counted.map((one) => one.windowMs));
  const perDay = counted.reduce((sum, one) => sum + one.scans / Math.max(one.windowMs / day, 1), 0);
  const last = Math.max(...counted.map((one) => one.last));
  const use = { scans, windowMs, lastScanAt: last > 0 ? last : undefined };
  const now = hosts.all[0]?.at ?? 0;
  if (perDay >= usedADay) {
    const stale = last > 0 && now - last > staleAfter;
    return stale
      ? { ...use, verdict: 'stale_evidence', why: 'used in the mean, but not in the last 30 days' }
      : { ...use, verdict: 'used', why: 'scanned at least once in ten days' };
  }
  if (hosts.hole !== undefined) return { ...use, verdict: 'unknown', why: hosts.hole };
  if (windowMs < shortestWindow) {
    return { ...use, verdict: 'insufficient_data', why: 'the counters are younger than 7 days on one host' };
  }
  if (earlier !== undefined && earlier.complete && !earlier.scans.has(index.name)) {
    return { ...use, verdict: 'insufficient_data', why: 'it is younger than 7 days' };
  }
  const before = earlier?.scans.get(index.name);
  if (before !== undefined && before > scans) {
    return {
      ...use,
      verdict: 'insufficient_data',
      why: 'its counter was reset or its index rebuilt in the last 7 days',
    };
  }
  const seen = before !== undefined;
  return {
    ...use,
    verdict: 'drop_candidate',
    why: seen
      ? 'under one scan in ten days, on every host'
      : 'under one scan in ten days, on every host; how old it is, no kept snapshot tells',
  };
}
