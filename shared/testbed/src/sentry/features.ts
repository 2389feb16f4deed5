import type { Features, SentryOptions } from './types.ts';

const everything: Features = {
  workflows: true,
  detectors: true,
  seer: true,
  timeseries: true,
  datasets: true,
  sessions: true,
  monitors: true,
  stats: true,
  projectKeys: true,
  releases: true,
  filters: true,
  recommendedEvent: true,
  legacyAlerts: false,
};

/** What an older server of one's own lacks: Seer, workflows, the span store, the list of all keys, the event that has most to show. */
const selfHosted: Features = {
  ...everything,
  workflows: false,
  detectors: false,
  seer: false,
  timeseries: false,
  datasets: false,
  projectKeys: false,
  recommendedEvent: false,
  legacyAlerts: true,
};

export const allScopes: readonly string[] = [
  'org:read',
  'project:read',
  'project:releases',
  'event:read',
  'event:write',
  'alerts:read',
  'alerts:write',
  'team:read',
  'member:read',
];

export function featuresOf(options: SentryOptions): Features {
  return { ...(options.mode === 'self-hosted' ? selfHosted : everything), ...options.features };
}
