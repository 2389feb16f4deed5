import type { Comparison } from '../fingerprint/compare.ts';
import type { Damage } from '../point/manifest.ts';
import type { StoredPoint } from '../point/point.ts';
import type { Pgbackrest } from '../pgbackrest/client.ts';
import type { Identity } from '../process/identity.ts';
import type { RestoreEnd } from '../restore/restore-dump.ts';
import type { Tools } from '../tools/find-tools.ts';
import type { AmcheckEnd } from '../verify/amcheck.ts';
import type { RestoreTestResult } from './outcome.ts';
import type { StepTime } from './step-times.ts';

export type RestoreTestStep =
  'verify' | 'start' | 'decrypt' | 'globals' | 'restore' | 'amcheck' | 'compare' | 'checks' | 'trial';

export interface RestoreTestOptions<Checks> {
  readonly stored: StoredPoint;
  /** For the major of the backup. */
  readonly tools: Tools;
  /** Text of an age identity file, for a backup that is encrypted. */
  readonly identity?: string | undefined;
  /** For a backup that lies in its repository. */
  readonly pgbackrest?: Pgbackrest | undefined;
  /** The moment to recover to, ISO 8601; left out: the end of the backup. Only for pgBackRest, which keeps WAL. */
  readonly targetTime?: string | undefined;
  /** What else is to be done with the copy at the end; it takes no part in the result. */
  readonly trial?: ((url: string, signal: AbortSignal) => Promise<void>) | undefined;
  /** Parent of scratch folders, with its server's account. */
  readonly scratch: { readonly folder: string; readonly identity: Identity | undefined };
  readonly preload?: readonly string[];
  /** Why the rows of a relation are not to be compared; undefined: they are. */
  readonly leaveOut?: ((relation: string) => string | undefined) | undefined;
  /** What else is to be looked at in the restored database, at this address. */
  readonly checks: (url: string, signal: AbortSignal) => Promise<Checks>;
  readonly onStep?: (step: RestoreTestStep) => void;
  /** Monotonic, ms. */
  readonly monotonic: () => number;
  readonly signal: AbortSignal;
}

export interface RestoreTest<Checks> {
  readonly result: RestoreTestResult;
  readonly why: string;
  /** Up to and with the last check: their sum is the time to recover. Removing the scratch server is not in it. */
  readonly steps: readonly StepTime[];
  readonly damage: readonly Damage[];
  readonly restore?: RestoreEnd;
  readonly comparison?: Comparison;
  readonly amcheck?: AmcheckEnd;
  readonly checks?: Checks;
  /** Commit time of the last transaction that recovery replayed; absent when it replayed none. */
  readonly recoveredTo?: string;
  /** Whether the scratch server had no network at all. */
  readonly isolated?: boolean;
}
