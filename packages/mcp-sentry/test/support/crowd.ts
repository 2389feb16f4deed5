import type { SentryDouble } from '@cinecom/testbed';
import { day, hour, minute, now } from './frozen.ts';

const size = 61;
/** Of letters that take three bytes each. */
export const longTitle =
  '上映スケジュール取得処理で座席表の取得に失敗しました：予期しないヌル値が返されました。'.repeat(5);

/** Many projects with everything wrong at once: more errors, a missed job, events over the limit of a key, untouched issues. */
export function fillCrowd({ world }: SentryDouble): void {
  for (let index = 0; index < size; index += 1) {
    const slug = `service-${String(index).padStart(3, '0')}-theatre-operations`;
    world.addProject(slug);
    const known = world.addIssue(slug, {
      title: longTitle,
      priority: 'high',
      level: 'fatal',
      isUnhandled: true,
      firstSeen: now - 9 * day,
    });
    world.addEvents(known, { count: 600, from: now - 25 * hour, to: now - hour - 1, users: 50 });
    world.addEvents(known, { count: 400, from: now - hour + minute, to: now, users: 90 });
    const fresh = world.addIssue(slug, { title: longTitle, priority: 'medium', firstSeen: now - 30 * minute });
    world.addEvents(fresh, { count: 9, from: now - 30 * minute, to: now, users: 5 });
    world.addMonitor(slug, { slug: `nightly-${index}`, checkins: [{ at: now - hour, status: 'missed' }] });
    world.addOutcomes(slug, { outcome: 'rate_limited', reason: 'key_quota', quantity: 600 });
    world.addSpans(slug, { transaction: `GET /${index}`, count: 200, from: now - hour, to: now, durationMs: 400 });
  }
}
