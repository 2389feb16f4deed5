import type { PrivilegeReading } from './privileges.ts';

/** Who is meant by a grant to everybody. */
export const everybody = 'PUBLIC';

export type ObjectKind = 'table' | 'sequence' | 'schema' | 'function' | 'database';

/** One change of rights, by names as the catalog has them: SQL is made of it only after they were found there. */
export type RightsChange =
  | {
      readonly type: 'right';
      readonly give: boolean;
      readonly objectKind: ObjectKind;
      readonly object: string;
      readonly role: string;
      readonly privileges: readonly string[];
      readonly grantOption: boolean;
    }
  | {
      readonly type: 'member';
      readonly give: boolean;
      readonly group: string;
      readonly role: string;
      /** As `ADMIN TRUE, INHERIT FALSE`; only an undo says them. */
      readonly options: string;
    }
  | {
      readonly type: 'role';
      readonly role: string;
      readonly attributes: readonly string[];
      /** ISO time, or `infinity`; empty = as it is. */
      readonly until: string;
    };

/** What a change rests on, as sorted lines. */
export type ChangeState = {
  /** Exactly what it alters. */
  readonly own: readonly string[];
  /** What else somebody who confirms it relied on. */
  readonly context: readonly string[];
};

/** What the admin connection finds before anything is tried. */
export interface BeforeChange {
  readonly states: readonly ChangeState[];
  readonly rightsBefore: PrivilegeReading;
  readonly adminRole: string;
}

export interface Rehearsal extends BeforeChange {
  readonly statements: readonly string[];
  /** What each would alter, afterwards. */
  readonly after: readonly ChangeState[];
  readonly rightsAfter: PrivilegeReading;
}

/** A replication slot, as far as its end is concerned. */
export interface SlotPicture {
  readonly name: string;
  readonly kind: string;
  readonly plugin: string | null;
  readonly database: string | null;
  readonly active: boolean;
  readonly retainedBytes: number | null;
  readonly walStatus: string | null;
  /** Where it stands; moves only while it is used. */
  readonly position: string;
}

/** An index, as far as its end is concerned. */
export interface IndexPicture {
  readonly name: string;
  readonly table: string;
  /** What builds it again. */
  readonly definition: string;
  readonly bytes: number;
  readonly valid: boolean;
  /** Why it is never dropped. */
  readonly needed: string | null;
}

/** Changing rights, indexes and slots, over the admin connection only. Every method rejects with a ToolError, also on a standby. */
export interface Changes {
  /** Does it in a transaction that is rolled back; what `examine` throws ends it before anything is tried. */
  rehearse(
    changes: readonly RightsChange[],
    examine: (found: BeforeChange) => void,
    database: string | undefined,
    signal: AbortSignal,
  ): Promise<Rehearsal>;
  /** What each would alter, as it is now. */
  states(
    changes: readonly RightsChange[],
    database: string | undefined,
    signal: AbortSignal,
  ): Promise<readonly ChangeState[]>;
  /** Does it, unless what it rests on has moved. @returns what each altered, afterwards */
  perform(
    changes: readonly RightsChange[],
    expected: readonly ChangeState[],
    database: string | undefined,
    signal: AbortSignal,
  ): Promise<readonly ChangeState[]>;
  slot(name: string, signal: AbortSignal): Promise<SlotPicture | undefined>;
  /** Only while it is inactive and stands where it stood. */
  dropSlot(slot: { readonly name: string; readonly position: string }, signal: AbortSignal): Promise<void>;
  index(name: string, database: string | undefined, signal: AbortSignal): Promise<IndexPicture | undefined>;
  /** CONCURRENTLY, and only while it is what was planned and the catalog needs it for nothing. */
  dropIndex(
    index: Pick<IndexPicture, 'name' | 'definition'>,
    database: string | undefined,
    signal: AbortSignal,
  ): Promise<void>;
}
