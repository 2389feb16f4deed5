import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Membership, PrivilegeAudit, RoleFacts } from '../../model/privileges.ts';
import type { RoleState } from '../../model/snapshot.ts';
import { rightsByGrantee } from './access-list.ts';
import { privilegeChanges } from './changes.ts';
import { objectRisks } from './object-risks.ts';
import { powersOf } from './powers.ts';
import { reachOf } from './reach.ts';
import { unseenLogins } from './unseen.ts';

const day = 86_400_000;
const now = Date.UTC(2026, 5, 1);

function role(name: string, extra: Partial<RoleFacts> = {}): RoleFacts {
  return {
    name,
    login: true,
    superuser: false,
    inherit: true,
    createRole: false,
    createDb: false,
    replication: false,
    bypassRls: false,
    connectionLimit: -1,
    validUntil: null,
    bootstrap: false,
    connections: 0,
    tablesOwned: 0,
    ...extra,
  };
}

function edge(member: string, group: string, options: Partial<Membership> = {}): Membership {
  return { member, group, inherit: true, set: true, admin: false, ...options };
}

function state(name: string, connections: number): RoleState {
  return {
    role: name,
    superuser: false,
    login: true,
    bypassRls: false,
    createRole: false,
    replication: false,
    memberOf: '',
    connections,
  };
}

function audit(extra: Partial<PrivilegeAudit> = {}): PrivilegeAudit {
  return {
    at: now,
    versionNumber: 160_000,
    roles: [],
    memberships: [],
    grants: [],
    cut: false,
    definers: [],
    defaults: [],
    md5: { value: [] },
    hostRules: { value: [] },
    roleStates: [],
    relationGrants: [],
    ...extra,
  };
}

describe('powers by membership', () => {
  const boss = role('boss', { superuser: true, login: false });
  const powersWith = (...memberships: Membership[]) =>
    powersOf('app', audit({ roles: [role('app'), role('mid'), boss], memberships })).map(({ path }) => path.join('>'));

  it('need SET ROLE on every step: attributes are not inherited', () => {
    expect(powersWith(edge('app', 'mid'), edge('mid', 'boss'))).toEqual(['app>mid>boss']);
    expect(powersWith(edge('app', 'mid', { set: false }), edge('mid', 'boss'))).toEqual([]);
    expect(powersWith(edge('app', 'boss', { set: false }))).toEqual([]);
  });

  it('come to who may grant the group to itself', () => {
    expect(powersWith(edge('app', 'boss', { set: false, inherit: false, admin: true }))).toEqual(['app>boss']);
    expect(powersWith(edge('app', 'mid', { set: false }), edge('mid', 'boss', { set: false, admin: true }))).toEqual([
      'app>mid>boss',
    ]);
  });

  it('end on rings of memberships, and reach no role without a path', () => {
    const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const edges = fc.array(
      fc.record({ member: names, group: names, inherit: fc.boolean(), set: fc.boolean(), admin: fc.boolean() }),
    );
    fc.assert(
      fc.property(names, edges, (start, memberships) => {
        for (const { path, role: reached } of reachOf(start, memberships)) {
          expect([path[0], path.at(-1)]).toEqual([start, reached]);
          for (const [index, group] of path.slice(1).entries())
            expect(memberships.some((one) => one.member === path[index] && one.group === group)).toBe(true);
        }
      }),
    );
  });
});

describe('access lists', () => {
  it('are read with PUBLIC, grant options and names in quotes', () => {
    const text = String.raw`{owner=arwdDxt/owner,=r/owner,"\"映画 \"\"館\"\"\"=a*w/owner","\"a=b,c\"=r/owner"}`;
    const rights = rightsByGrantee(text);
    expect([...rights.keys()]).toEqual(['owner', 'PUBLIC', '映画 "館"', 'a=b,c']);
    expect([...(rights.get('映画 "館"') ?? [])]).toEqual(['INSERT', 'UPDATE']);
    expect([...(rights.get('PUBLIC') ?? [])]).toEqual(['SELECT']);
  });

  it('differ by what was given and taken', () => {
    const grants = (rights: string) => ({ roles: [], grants: [{ object: 'app.t', rights }] });
    expect(privilegeChanges(grants('{a=r/o}'), grants('{a=w/o,=r/o}'))).toEqual([
      '+ a: UPDATE on app.t',
      '- a: SELECT on app.t',
      '+ PUBLIC: SELECT on app.t',
    ]);
    expect(privilegeChanges(grants('{a=r/o}'), grants('{a=r/o}'))).toEqual([]);
  });
});

describe('rules of who may connect', () => {
  const idsOf = (type: string, method: string, address: string | null) =>
    objectRisks(
      audit({ hostRules: { value: [{ line: 1, type, databases: ['all'], users: ['all'], address, method }] } }),
    ).map(({ id, severity }) => `${severity} ${id}`);

  it.each([
    ['host', 'trust', '0.0.0.0', ['critical hba_trust']],
    ['local', 'trust', null, ['warning hba_trust']],
    ['host', 'password', '10.0.0.0', ['warning hba_cleartext']],
    ['host', 'ldap', '10.0.0.0', ['warning hba_cleartext']],
    ['hostssl', 'password', '10.0.0.0', []],
    ['local', 'peer', null, []],
    ['host', 'scram-sha-256', '0.0.0.0', []],
    ['host', 'reject', '0.0.0.0', []],
  ])('%s %s from %s', (type, method, address, found) => {
    expect(idsOf(type, method, address)).toEqual(found);
  });
});

describe('functions with the rights of their owner', () => {
  const severityOf = (searchPath: string | null, extra = {}) =>
    objectRisks(
      audit({ definers: [{ name: 'f()', owner: 'o', ownerSuperuser: false, searchPath, atomic: false, ...extra }] }),
    ).map(({ severity }) => severity);

  it('are a risk by what their path lets callers slip in', () => {
    expect(severityOf(null)).toEqual(['warning']);
    expect(severityOf(null, { ownerSuperuser: true })).toEqual(['critical']);
    expect(severityOf('"$user", public')).toEqual(['warning']);
    expect(severityOf('pg_catalog, pg_temp')).toEqual([]);
    expect(severityOf(null, { atomic: true, ownerSuperuser: true })).toEqual(['info']);
  });
});

describe('logins that nobody sees', () => {
  const days = (...ages: number[]) =>
    ages.map((age) => ({ at: now - age * day, roles: [state('app', 0), state('job', age === 40 ? 1 : 0)] }));

  it('are named once snapshots reach back 90 days', () => {
    const { findings, notExamined } = unseenLogins([role('app'), role('job'), role('new')], days(91, 60, 40, 1), now);
    expect(findings.map(({ object }) => object)).toEqual(['role app']);
    expect(notExamined).toEqual([]);
  });

  it('are not examined before, with how far they reach', () => {
    const { findings, notExamined } = unseenLogins([role('app')], days(30, 1), now);
    expect(findings).toEqual([]);
    expect(notExamined).toEqual([{ what: 'logins unseen for 90 days', why: 'snapshots reach back 30 of 90 days' }]);
  });
});
