import type { ChangeState } from '../../model/change.ts';

/** Whether what changes rest on is the same in two readings. */
export function sameStates(one: readonly ChangeState[], other: readonly ChangeState[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ own, context }, index) => {
      const pendant = other[index];
      return pendant !== undefined && sameLines(own, pendant.own) && sameLines(context, pendant.context);
    })
  );
}

export function sameLines(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((line, index) => line === other[index]);
}
