import type { SentryDouble } from '@cinecom/testbed';

/** Issues that hold a captured alert, and how many of each. */
export const captured = ({ world }: SentryDouble) =>
  world.state.issues
    .filter(({ runs }) => runs.some(({ tags }) => tags.has('cinecom.alert')))
    .map(({ title, status, runs }) => ({ title, status, events: runs.length }));
