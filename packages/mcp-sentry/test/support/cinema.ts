import type { SentryDouble } from '@cinecom/testbed';

const minute = 60_000;
const hour = 60 * minute;

/** A cinema's services: one whose newest release breaks the seat map, others that are steady. Times count from the double's clock. */
export function fillCinema({ world, clock }: SentryDouble): void {
  const now = clock.now();
  world.addTeam('movies');
  world.addProject('movie-service', { platform: 'node', teams: ['movies'], environments: ['production'] });
  world.addProject('ticket-service', { platform: 'python', environments: ['production'] });
  const seats = world.addIssue('movie-service', {
    title: 'TypeError: seats is null 座席',
    type: 'TypeError',
    value: 'seats is null 座席',
    level: 'error',
    priority: 'high',
    substatus: 'new',
    isUnhandled: true,
    firstSeen: now - 30 * minute,
    firstRelease: 'movie@2.0.0',
  });
  world.addRelease('movie@1.9.0', { projects: ['movie-service'], dateCreated: now - 48 * hour });
  world.addRelease('movie@2.0.0', { projects: ['movie-service'], dateCreated: now - 40 * minute });
  world.addEvents(seats, {
    count: 60,
    from: now - 30 * minute,
    to: now,
    users: 25,
    release: 'movie@2.0.0',
    environment: 'production',
  });
  const slow = world.addIssue('ticket-service', {
    title: 'TimeoutError: bank',
    type: 'TimeoutError',
    value: 'bank',
    level: 'warning',
    priority: 'medium',
    firstSeen: now - 200 * hour,
  });
  world.addEvents(slow, { count: 1250, from: now - 25 * hour, to: now, users: 40, environment: 'production' });
  world.addSpans('movie-service', {
    transaction: 'GET /movies',
    op: 'http.server',
    count: 400,
    from: now - 2 * hour,
    to: now,
    durationMs: (index) => 40 + (index % 50),
  });
}
