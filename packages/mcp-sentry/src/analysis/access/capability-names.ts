/** What versions and editions of Sentry differ in. */
export const capabilityNames = [
  'workflows',
  'detectors',
  'legacyRules',
  'spans',
  'timeseries',
  'sessions',
  'monitors',
  'outcomes',
  'projectKeys',
] as const;
export type CapabilityName = (typeof capabilityNames)[number];
