/** Weakest first. */
export const lockLevels = [
  'none',
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
] as const;
export type LockLevel = (typeof lockLevels)[number];

/** What is done while the lock is held: nothing that takes long, all rows read, all rows written anew, an index built. */
export type Work = 'none' | 'scan' | 'rewrite' | 'build';

/** What one statement, or one part of it, does to one relation. */
export interface Effect {
  readonly rule: string;
  /** As SQL names it. */
  readonly target: string;
  readonly lock: LockLevel;
  readonly work: Work;
  /** What happens, in words. */
  readonly why: string;
  /** How to get there without holding others up. */
  readonly safe?: string;
  /** Of another relation: one that a foreign key refers to, or a partition. */
  readonly other?: { readonly target: string; readonly lock: LockLevel; readonly work: Work };
  /** Something is gone, or means another thing, for those who still use it. */
  readonly breaks?: 'data' | 'clients';
  /** It cannot run where it stands. */
  readonly fails?: string;
}

/** An effect, or a part that no rule knows. */
export type Outcome = Effect | { readonly unknown: string };

export function isStronger(a: LockLevel, b: LockLevel): boolean {
  return lockLevels.indexOf(a) > lockLevels.indexOf(b);
}

export function strongest(effects: readonly Effect[]): LockLevel {
  return effects.reduce<LockLevel>((found, { lock }) => (isStronger(lock, found) ? lock : found), 'none');
}

const heavy: readonly Work[] = ['none', 'scan', 'build', 'rewrite'];

export function heaviest(effects: readonly Effect[]): Work {
  return effects.reduce<Work>((found, { work }) => (heavy.indexOf(work) > heavy.indexOf(found) ? work : found), 'none');
}

/** Who has to wait while it is held. */
export function blockedBy(lock: LockLevel): string {
  if (lock === 'ACCESS EXCLUSIVE') return 'blocks every read and write';
  if (lock === 'EXCLUSIVE') return 'blocks every write and locking read';
  if (lock === 'SHARE' || lock === 'SHARE ROW EXCLUSIVE') return 'blocks every write';
  if (lock === 'SHARE UPDATE EXCLUSIVE') return 'blocks only vacuum and other DDL';
  return 'blocks nobody';
}
