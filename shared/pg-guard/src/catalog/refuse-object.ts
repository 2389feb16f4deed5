import { GuardRefusal, type GuardRule } from '../refusal.ts';
import type { Origin } from './frontier.ts';

/** The refusal of an object, told with the way the statement comes to it and placed at the name it starts from. */
export function refuseObject(
  rule: GuardRule,
  what: string,
  origin: Pick<Origin, 'from' | 'path'>,
  words: string,
  instead: string,
): GuardRefusal {
  const way = origin.path.length === 0 ? '' : `, reached by ${origin.path.join(' → ')},`;
  return new GuardRefusal({
    rule,
    node: origin.from?.node ?? what.split(' ')[0] ?? what,
    position: origin.from?.position,
    message: `${what}${way} ${words}`,
    instead,
  });
}
