/** What a report can cover. */
export const periodNames = ['night', 'day', 'week', 'month'] as const;
export type Period = (typeof periodNames)[number];
