/** What each kind of tool needs of the token. A scope that writes or administers holds the ones below it. */
export const toolScopes: readonly (readonly [scope: string, neededFor: string])[] = [
  ['org:read', 'every tool'],
  ['project:read', 'sentry_release, client keys, and looks of sentry_check_ingest'],
  ['event:read', 'sentry_overview, sentry_search_issues, sentry_issue and all that read issues'],
  ['alerts:read', 'sentry_alert_rules'],
  [
    'event:write',
    'sentry_triage_issues, sentry_start_seer, and clean-up of sentry_check_ingest (all with --allow write)',
  ],
  ['alerts:write', 'sentry_apply_alert_policy (with --allow write)'],
];

const levels = ['read', 'write', 'admin'];

/**
 * @param held scopes of the token
 * @returns one line a scope that is missing: the scope, and what needs it
 */
export function missingScopes(held: readonly string[], needed: typeof toolScopes): string[] {
  return needed
    .filter(([scope]) => !isHeld(scope, held))
    .map(([scope, neededFor]) => `${scope}, needed for ${neededFor}`);
}

function isHeld(scope: string, held: readonly string[]): boolean {
  const [area = '', level = ''] = scope.split(':');
  const above = levels.includes(level) ? levels.slice(levels.indexOf(level)) : [level, 'admin'];
  return above.some((name) => held.includes(`${area}:${name}`));
}
