import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ChangeState, RightsChange } from '../../model/change.ts';
import { undoOf } from './undo.ts';

const right: RightsChange = {
  type: 'right',
  give: true,
  objectKind: 'table',
  object: 'app.t',
  role: 'app',
  privileges: ['SELECT'],
  grantOption: false,
};
const stateOf = (own: readonly string[]): ChangeState => ({ own, context: [] });

/** What GRANT and REVOKE do to a list of rights, `*` for the grant option. */
function applied(own: readonly string[], change: RightsChange): readonly string[] {
  if (change.type !== 'right') return own;
  const others = own.filter((one) => !change.privileges.includes(one.replace('*', '')));
  if (!change.give) return others.toSorted();
  const given = change.privileges.map((one) => (change.grantOption || own.includes(`${one}*`) ? `${one}*` : one));
  return [...others, ...given].toSorted();
}

it('takes any change of rights back to what was there', () => {
  const rights = fc
    .uniqueArray(fc.tuple(fc.constantFrom('SELECT', 'INSERT', 'UPDATE', 'DELETE'), fc.constantFrom('', '*')), {
      selector: ([name]) => name,
    })
    .map((list) => list.map(([name, star]) => `${name}${star}`).toSorted());
  fc.assert(
    fc.property(rights, rights, (before, after) => {
      const undo = undoOf(right, stateOf(before), stateOf(after)) ?? [];
      expect(undo.reduce(applied, after)).toEqual(before);
    }),
  );
});

it('does not give back what this tool never gives', () => {
  const change: RightsChange = { type: 'role', role: 'app', attributes: ['NOSUPERUSER'], until: '' };
  expect(undoOf(change, stateOf(['SUPERUSER', 'LOGIN']), stateOf(['NOSUPERUSER', 'LOGIN']))).toBeUndefined();
  expect(undoOf(change, stateOf(['LOGIN', 'VALID UNTIL infinity']), stateOf(['NOLOGIN', 'VALID UNTIL 2030']))).toEqual([
    { type: 'role', role: 'app', attributes: ['LOGIN'], until: 'infinity' },
  ]);
});
