/** An alert policy of one level that mails to owners. */
export const smallPolicy = `version: 1
prefix: "[ops]"
environment: production
levels:
  L3: { when: { priority: high }, frequency: 10, notify: [{ email: issue_owners }] }
`;

/** What each tool must at least be told, of the cinema. */
export const plainInputs: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  sentry_issue: { issue: 'MOVIE-SERVICE-1' },
  sentry_issue_events: { issue: 'MOVIE-SERVICE-1' },
  sentry_root_cause: { issue: 'MOVIE-SERVICE-1' },
  sentry_query: { fields: ['title', 'count()'] },
  sentry_trace: { trace: 'a'.repeat(32) },
  sentry_seer_state: { issue: 'MOVIE-SERVICE-1' },
  sentry_start_seer: { issue: 'MOVIE-SERVICE-1' },
  sentry_apply_alert_policy: { policy: smallPolicy },
  sentry_triage_issues: { issues: ['MOVIE-SERVICE-1'], status: 'resolved' },
  sentry_check_ingest: { project: 'movie-service', wait: 5 },
  sentry_capture_event: { title: 'Disk full' },
};
