import type { Vitals } from '../call/runtime.ts';

export interface VitalSigns {
  /** UTC ms. */
  readonly now: () => number;
  readonly vitals: () => Vitals;
  /** Whether the backend answers; undefined where that cannot be known. */
  readonly backendUp: () => Promise<boolean | undefined>;
}

/** A figure that is looked up whenever it is read. */
export interface VitalFigure {
  readonly name: string;
  readonly help: string;
  /** It only ever grows. */
  readonly counts: boolean;
  readonly read: () => Promise<number | undefined> | number | undefined;
}

/** How the process is: its calls, its backend, its audit log. */
export function vitalFigures({ now, vitals, backendUp }: VitalSigns): readonly VitalFigure[] {
  const gauge = (name: string, help: string, read: VitalFigure['read']) => ({ name, help, read, counts: false });
  const count = (name: string, help: string, read: VitalFigure['read']) => ({ name, help, read, counts: true });
  return [
    gauge('calls_in_flight', 'calls being answered', () => vitals().inFlight),
    gauge('backend_up', 'whether the backend answers, looked at every 5 s at most', async () => {
      const up = await backendUp();
      return up === undefined ? undefined : Number(up);
    }),
    count('audit_records_total', 'records of the audit log of this process', () => vitals().audit?.records),
    count('audit_failures_total', 'failed writes and syncs of the audit log', () => vitals().audit?.failures),
    gauge('audit_unsynced_records', 'records not yet known to be on disk', () => vitals().audit?.unsynced),
    gauge(
      'audit_unsynced_seconds',
      'how long records have waited for the disk, as readings saw it',
      waiting(now, vitals),
    ),
    gauge('audit_lost_records', 'records not written and not yet told by a gap record', () => vitals().audit?.lost),
  ];
}

/** Seconds since a reading first saw records wait behind what is on disk now. */
function waiting(now: () => number, vitals: () => Vitals): () => number | undefined {
  let first: { readonly synced: number; readonly at: number } | undefined;
  return () => {
    const { audit } = vitals();
    if (audit === undefined) return undefined;
    const synced = audit.records - audit.unsynced;
    if (audit.unsynced === 0) first = undefined;
    else if (first?.synced !== synced) first = { synced, at: now() };
    return first === undefined ? 0 : (now() - first.at) / 1000;
  };
}
