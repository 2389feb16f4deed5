export type PointKind = 'dump' | 'base' | 'pgbackrest';

/** Sum of a point's files; its digest ties the manifest to the point. */
export interface ManifestSummary {
  readonly files: number;
  readonly bytes: number;
  /** SHA-256 of manifest.json, hexadecimal. */
  readonly sha256: string;
}

/** A backup in a repository of pgBackRest. */
export interface StanzaPoint {
  readonly name: string;
  readonly label: string;
  /** That it added to the repository. */
  readonly bytes: number;
  /** `wal_segment_size` of its source. */
  readonly segmentBytes: number;
}

/** One backup, as `point.json` beside its files tells it. Times are ISO 8601 in UTC. */
export interface Point {
  readonly format: 1;
  readonly id: string;
  readonly kind: PointKind;
  readonly type: 'full' | 'diff' | 'incr';
  /** Of a dump; of a physical backup, which holds the whole cluster, the one whose content was written down. */
  readonly database?: string;
  /** Decimal 64-bit number. */
  readonly systemIdentifier: string;
  /** First superuser of the source (oid 10), under whose name it is restored. */
  readonly superuser?: string;
  readonly major: number;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** The instant whose content a restore brings back. */
  readonly consistentAt: string;
  readonly bytes: number;
  /** What a restored copy takes on disk, about. */
  readonly restoredBytes?: number;
  /** Of pgBackRest, where the backup itself is. */
  readonly stanza?: StanzaPoint;
  readonly tools: Readonly<Record<string, string>>;
  readonly encrypted: boolean;
  readonly label?: string;
  /** What the backup could not hold, in words, as passwords of roles. */
  readonly gaps: readonly string[];
  readonly manifest: ManifestSummary;
}

/** What the caller knows of a point; the rest is measured when it is finished. */
export type PointFacts = Omit<Point, 'format' | 'id' | 'bytes' | 'manifest'>;

/** A point with the folder that holds it. */
export interface StoredPoint {
  readonly folder: string;
  readonly point: Point;
}

const grammar = /^\d{8}T\d{9}Z-[0-9a-f]{6}$/;

/** An id that sorts by time, for example `20261125T200336123Z-4f09ab`. `random` is of at least 3 bytes. */
export function createPointId(now: Date, random: Uint8Array): string {
  const time = now.toISOString().replaceAll(/[-:.]/g, '');
  return `${time}-${Buffer.from(random.subarray(0, 3)).toString('hex')}`;
}

export function isPointId(text: string): boolean {
  return grammar.test(text);
}

/** @throws Error when the text is no point of this format */
export function parsePoint(text: string): Point {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value) || value.format !== 1) throw new Error('not a backup point of format 1');
  for (const name of ['id', 'systemIdentifier', 'startedAt', 'finishedAt', 'consistentAt']) {
    if (typeof value[name] !== 'string') throw new Error(`point.json has no "${name}"`);
  }
  const { manifest } = value;
  if (!['dump', 'base', 'pgbackrest'].includes(String(value.kind))) throw new Error('point.json has no known kind');
  if (!isRecord(manifest) || typeof manifest.sha256 !== 'string') throw new Error('point.json has no manifest digest');
  if (typeof value.major !== 'number' || typeof value.encrypted !== 'boolean') {
    throw new Error('point.json does not tell major and encryption');
  }
  return value as unknown as Point;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
