import type { ChangeState, RightsChange } from '../../model/change.ts';

/**
 * What takes a change back, by the states before and after it. Empty = nothing changed; undefined = it cannot be taken
 * back by this tool, as it would give what it never gives.
 */
export function undoOf(
  change: RightsChange,
  before: ChangeState,
  after: ChangeState,
): readonly RightsChange[] | undefined {
  const { before: lost, after: gained } = movedLines(before, after);
  if (change.type === 'right') return undoRight(change, gained, lost);
  if (gained.length === 0 && lost.length === 0) return [];
  if (change.type === 'member') {
    const [was] = before.own;
    if (was === undefined) return [{ ...change, give: false, options: '' }];
    return [{ ...change, give: true, options: was === 'member' ? '' : was }];
  }
  if (lost.some((line) => /^(SUPERUSER|CREATEROLE|REPLICATION|BYPASSRLS)$/.test(line))) return undefined;
  const until = lost.find((line) => line.startsWith(validUntil))?.slice(validUntil.length) ?? '';
  return [{ ...change, attributes: lost.filter((line) => !line.startsWith(validUntil)), until }];
}

/** Only what differs: lines that were there before, and lines that are there after. */
export function movedLines(before: ChangeState, after: ChangeState) {
  return {
    before: before.own.filter((line) => !after.own.includes(line)),
    after: after.own.filter((line) => !before.own.includes(line)),
  };
}

const validUntil = 'VALID UNTIL ';

function undoRight(
  change: RightsChange & { type: 'right' },
  gained: readonly string[],
  lost: readonly string[],
): readonly RightsChange[] {
  const plain = lost.filter((one) => !one.endsWith('*'));
  const grantable = lost.filter((one) => one.endsWith('*')).map((one) => one.slice(0, -1));
  // A right that only lost or gained its grant option is in both lists; revoking first leaves what is given after.
  const part = (give: boolean, privileges: readonly string[], grantOption: boolean): readonly RightsChange[] =>
    privileges.length === 0 ? [] : [{ ...change, give, privileges, grantOption }];
  return [
    ...part(
      false,
      gained.map((one) => one.replace('*', '')),
      false,
    ),
    ...part(true, plain, false),
    ...part(true, grantable, true),
  ];
}
