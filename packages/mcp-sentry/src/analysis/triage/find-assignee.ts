import type { Member } from '../../model/member.ts';

export type FoundAssignee =
  | { readonly kind: 'found' }
  /** `namesakes`: ids of those who are called so, which Sentry does not take. */
  | { readonly kind: 'nobody'; readonly namesakes: readonly string[] }
  /** Some members are not told, so nothing follows from its absence. */
  | { readonly kind: 'unknown' };

/**
 * Whether a person that issues are to be assigned to is of the organisation.
 *
 * @param wanted `user:1`, a mail or a user name: the forms that Sentry takes
 * @param isWhole whether these are all members
 */
export function findAssignee(wanted: string, members: readonly Member[], isWhole: boolean): FoundAssignee {
  const id = /^user:(\d+)$/.exec(wanted)?.[1];
  const login = wanted.toLowerCase();
  const known = members.filter(({ userId }) => userId !== undefined);
  if (known.some(({ userId, logins }) => (id === undefined ? logins.includes(login) : userId === id)))
    return { kind: 'found' };
  if (!isWhole || members.some(({ userId, isPending }) => userId === undefined && !isPending))
    return { kind: 'unknown' };
  const namesakes = known.filter(({ name }) => name?.toLowerCase() === login).flatMap(({ userId }) => userId ?? []);
  return { kind: 'nobody', namesakes };
}
