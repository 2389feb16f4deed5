import type { SentryEvent } from '../model/event.ts';
import type { Scope } from '../model/scope.ts';
import type { SentryCall } from './scope.ts';

/** The event that is asked for, or a sentence that says why there is none. */
export async function readEvent(
  scope: Scope,
  issueId: string,
  which: string,
  { backend, signal }: SentryCall,
): Promise<SentryEvent | string> {
  const found = await backend.issues.event(scope, issueId, which, signal);
  if (found !== undefined) return found;
  const isNamed = /^[0-9a-f]{32}$/.test(which);
  const absent = isNamed ? `${which} was not found in this issue` : 'no event is kept any more';
  if (scope.environments.length === 0) return absent;
  const elsewhere = await backend.issues.event({ ...scope, environments: [] }, issueId, which, signal);
  if (elsewhere === undefined) return absent;
  const environments = scope.environments.join(', ');
  return isNamed
    ? `${which} is not of environment ${environments}`
    : `none in environment ${environments}: leave environment out to see others`;
}
