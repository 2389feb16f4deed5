import type { Part } from './part.ts';
import type { RoleState } from './snapshot.ts';

export interface RoleFacts {
  readonly name: string;
  readonly login: boolean;
  readonly superuser: boolean;
  readonly inherit: boolean;
  readonly createRole: boolean;
  readonly createDb: boolean;
  readonly replication: boolean;
  readonly bypassRls: boolean;
  /** −1 = no limit. */
  readonly connectionLimit: number;
  /** UTC ms; null = its password never expires. */
  readonly validUntil: number | null;
  /** The superuser that initdb made. */
  readonly bootstrap: boolean;
  /** Sessions now. */
  readonly connections: number;
  /** Tables it owns in this database. */
  readonly tablesOwned: number;
}

/** `member` belongs to `group`. Before 16 inheriting depends on the member alone and SET ROLE is always allowed. */
export interface Membership {
  readonly member: string;
  readonly group: string;
  readonly inherit: boolean;
  readonly set: boolean;
  readonly admin: boolean;
}

/** Rights on one object that one role was given by GRANT; `grantee` null = PUBLIC. */
export interface ObjectGrant {
  readonly kind: string;
  readonly object: string;
  readonly owner: string;
  readonly grantee: string | null;
  readonly privileges: readonly string[];
  /** PUBLIC has more here than initdb or the extension gave: these. */
  readonly beyondDefault: readonly string[];
}

export interface DefinerFunction {
  readonly name: string;
  readonly owner: string;
  readonly ownerSuperuser: boolean;
  readonly searchPath: string | null;
  /** Names were resolved when it was created: BEGIN ATOMIC. */
  readonly atomic: boolean;
}

export interface DefaultGrant {
  readonly owner: string;
  readonly schema: string | null;
  readonly kind: string;
  readonly privileges: readonly string[];
}

export interface HostRule {
  readonly line: number;
  readonly type: string;
  readonly databases: readonly string[];
  readonly users: readonly string[];
  readonly address: string | null;
  readonly method: string;
}

/** Who may do what, as the catalogs of one database tell. */
export interface PrivilegeReading {
  readonly at: number;
  readonly versionNumber: number;
  readonly roles: readonly RoleFacts[];
  readonly memberships: readonly Membership[];
  readonly grants: readonly ObjectGrant[];
  /** More grants than were read. */
  readonly cut: boolean;
}

/** What beside roles and grants an audit looks at. */
export interface PrivilegeAudit extends PrivilegeReading {
  readonly definers: readonly DefinerFunction[];
  readonly defaults: readonly DefaultGrant[];
  readonly md5: Part<readonly string[]>;
  readonly hostRules: Part<readonly HostRule[]>;
  /** In the form of snapshots, for comparing. */
  readonly roleStates: readonly RoleState[];
  readonly relationGrants: readonly { readonly object: string; readonly rights: string }[];
}

export interface PrivilegeReads {
  privileges(signal: AbortSignal): Promise<PrivilegeAudit>;
}
