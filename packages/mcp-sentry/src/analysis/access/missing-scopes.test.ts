import { expect, it } from 'vitest';
import { missingScopes, toolScopes } from './missing-scopes.ts';

const missing = (...held: readonly string[]) => missingScopes(held, toolScopes).map((line) => line.split(',')[0]);

it('names each scope that is not held, and what needs it', () => {
  expect(missingScopes(['org:read', 'project:read', 'event:read', 'alerts:read', 'event:write'], toolScopes)).toEqual([
    'alerts:write, needed for sentry_apply_alert_policy (with --allow write)',
  ]);
  expect(missing()).toEqual(toolScopes.map(([scope]) => scope));
});

it('takes a scope that writes or administers for those below it, of the same area only', () => {
  expect(missing('org:admin', 'project:write', 'event:admin', 'alerts:write')).toEqual([]);
  expect(missing('org:read', 'project:read', 'event:write', 'alerts:read')).toEqual(['alerts:write']);
  expect(missing('member:admin', 'event:admin')).toEqual(['org:read', 'project:read', 'alerts:read', 'alerts:write']);
});

it('knows levels of other names', () => {
  const needed = [['project:releases', 'commit files']] as const;
  expect(missingScopes(['project:read'], needed)).toHaveLength(1);
  expect(missingScopes(['project:releases'], needed)).toEqual([]);
  expect(missingScopes(['project:admin'], needed)).toEqual([]);
});
