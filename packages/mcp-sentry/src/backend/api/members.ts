import type { Member } from '../../model/member.ts';
import { fieldsOf, listOf, textOf } from '../../model/told.ts';
import type { SentryApi } from '../http/api.ts';

const mostMembers = 2000;

export async function readMembers(
  api: SentryApi,
  organization: string,
  signal: AbortSignal,
): Promise<{ readonly members: readonly Member[]; readonly isWhole: boolean }> {
  const items = await api.all('members', { organization }, new URLSearchParams(), mostMembers, signal);
  return { members: items.map(memberOf), isWhole: items.length < mostMembers };
}

function memberOf(item: unknown): Member {
  const { user, email, name, pending } = fieldsOf(item);
  const told = fieldsOf(user);
  const mails = listOf(told['emails']).map((one) => fieldsOf(one)['email']);
  return {
    userId: textOf(told['id']),
    isPending: pending === true,
    logins: [email, told['email'], told['username'], ...mails].flatMap((login) => textOf(login)?.toLowerCase() ?? []),
    name: textOf(name) ?? textOf(told['name']),
  };
}
