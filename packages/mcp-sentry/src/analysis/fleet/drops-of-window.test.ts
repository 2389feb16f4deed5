import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { droppedInWindow } from './drops-of-window.ts';

const silent = { accepted: 0, events: 0, usual: 20, outsideHours: 1 };

describe('drops of whole hours', () => {
  it('are those of the window where the hours are the window', () => {
    expect(droppedInWindow({ ...silent, dropped: 3, outsideHours: 0 })).toBe(3);
  });

  it('are of the window as far as the time beside it cannot have brought them', () => {
    // 20 an hour before, all taken beside the window: what is dropped is of the window, but for chance
    expect(droppedInWindow({ ...silent, dropped: 20, accepted: 20 })).toBe(6);
    expect(droppedInWindow({ ...silent, dropped: 40 })).toBe(6);
    expect(droppedInWindow({ ...silent, dropped: 5, accepted: 15 })).toBe(0);
    expect(droppedInWindow({ ...silent, dropped: 500 })).toBe(466);
  });

  it('are never more than were told, nor fewer than none', () => {
    const count = fc.integer({ min: 0, max: 1e6 });
    fc.assert(
      fc.property(count, count, count, count, fc.double({ min: 0, max: 24, noNaN: true }), (...told) => {
        const [dropped, accepted, events, usual, outsideHours] = told;
        const within = droppedInWindow({ dropped, accepted, events, usual, outsideHours });
        expect(within).toBeGreaterThanOrEqual(0);
        expect(within).toBeLessThanOrEqual(dropped);
      }),
    );
  });
});
