import { describe, expect, it } from 'vitest';
import { fillCrowd } from './support/crowd.ts';
import { askOf, freezeTime, hour, type Judged, now } from './support/frozen.ts';
import { openBed } from './support/open.ts';

freezeTime();

const mostBytes = 8000;

describe('sixty-one projects with everything wrong and long titles', () => {
  it.each([
    ['sentry_overview', {}],
    ['sentry_unacknowledged', {}],
    ['sentry_search_issues', {}],
    ['sentry_report', { period: 'night', tz: 'UTC' }],
    ['sentry_report', { period: 'day', tz: 'UTC' }],
    ['sentry_report', { period: 'month', tz: 'UTC' }],
    ['sentry_report', { period: 'night', tz: 'Asia/Kolkata' }],
  ])('are told by %s %j within 8 kB', async (tool, args) => {
    const bed = await openBed({ now: now + 9 * hour, fill: fillCrowd });
    expect(Buffer.byteLength(await askOf(bed, tool, args))).toBeLessThanOrEqual(mostBytes);
  });

  it('are told by an overview of which no kind of finding is hidden by another', async () => {
    const bed = await openBed({ now, fill: fillCrowd });
    const text = await askOf(bed, 'sentry_overview');
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(mostBytes);
    const found = /^Found: .*$/m.exec(text)?.[0] ?? '';
    for (const kind of [
      '61 projects with more errors',
      '61 monitors missed',
      '61 projects drop by key limit',
      '61 issues unacknowledged (L3)',
    ]) {
      expect(found).toContain(kind);
    }
    for (const id of ['error_rate', 'monitor_missed', 'dropped_key_limit', 'unacknowledged_l3', 'new_issue']) {
      expect(text).toContain(`|${id}|`);
    }
    expect(text).toContain('51 more projects of 61');
    expect(bed.sentry.requests.length).toBeLessThanOrEqual(12);
    const report = await bed.client.data<Judged>('sentry_overview');
    expect(report.summary).toContain('244 critical');
  });

  it('are told in a report with what it does not show', async () => {
    const bed = await openBed({ now, fill: fillCrowd });
    const text = await askOf(bed, 'sentry_report', { tz: 'UTC' });
    expect(text).toMatch(/^Found: .*61 monitors missed.* of \d+ shown\.$/m);
    expect(text).toContain('53 more projects of 61');
  });

  it('are told by the unacknowledged with how many there are', async () => {
    const bed = await openBed({ now, fill: fillCrowd });
    const text = await askOf(bed, 'sentry_unacknowledged');
    expect(text).not.toContain('|unacknowledged_l2|');
    expect(text).toContain('122 issues unacknowledged too long: 61 L3, 61 L2');
    expect(text).toMatch(/^Found: worst first; \d+ of 122 shown\.$/m);
  });
});
