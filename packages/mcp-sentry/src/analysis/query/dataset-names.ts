/** Datasets of the API; `spans` holds transactions too. */
export const datasetNames = ['errors', 'logs', 'spans', 'tracemetrics', 'profile_functions', 'uptime_results'] as const;
