import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame, SentryEvent } from '../../model/event.ts';
import { eventLimits, ownFrames, shownEvent, topFrame } from './shown-event.ts';
import { cut } from '../../text/index.ts';

const frame = (file: string, inApp: boolean, rest: Partial<Frame> = {}): Frame => ({
  file,
  module: undefined,
  function: 'run',
  line: 3,
  inApp,
  source: undefined,
  ...rest,
});
const event = (rest: Partial<SentryEvent>): SentryEvent => ({
  id: 'a'.repeat(32),
  issueId: undefined,
  projectId: undefined,
  title: undefined,
  message: undefined,
  at: undefined,
  receivedAt: undefined,
  platform: undefined,
  release: undefined,
  fingerprints: [],
  tags: [],
  exceptions: [],
  breadcrumbs: [],
  request: undefined,
  traceId: undefined,
  replayId: undefined,
  ...rest,
});
const thrown = (type: string, frames: readonly Frame[]) => ({
  type,
  value: `${type} happened`,
  handled: false,
  frames,
});

describe('an event', () => {
  it('shows what was thrown last first, with the innermost own frame on top', () => {
    const shown = shownEvent(
      event({
        exceptions: [
          thrown('SocketError', [frame('app/main.py', true), frame('lib/net.py', false)]),
          thrown('MovieError', [
            frame('app/serve.py', true),
            frame('app/movies.py', true, { source: '  load(movie)  ' }),
          ]),
        ],
      }),
    );
    expect(shown.exceptions.map(({ type }) => type)).toEqual(['MovieError', 'SocketError']);
    expect(shown.frames).toEqual([
      { where: 'app/movies.py:3', function: 'run', source: 'load(movie)', isOwn: true },
      { where: 'app/serve.py:3', function: 'run', source: undefined, isOwn: true },
      { where: 'app/main.py:3', function: 'run', source: undefined, isOwn: true },
    ]);
    expect(shown.totals).toEqual({ exceptions: 2, frames: 4, ownFrames: 3, breadcrumbs: 0, tags: 0 });
  });

  it('shows a few other frames where none is its own', () => {
    const frames = Array.from({ length: 9 }, (_, index) => frame(`lib/${index}.js`, false));
    const { frames: shown } = shownEvent(event({ exceptions: [thrown('E', frames)] }));
    expect(shown.map(({ where }) => where)).toEqual([
      'lib/8.js:3',
      'lib/7.js:3',
      'lib/6.js:3',
      'lib/5.js:3',
      'lib/4.js:3',
    ]);
    expect(topFrame(event({ exceptions: [thrown('E', frames)] }))).toBeUndefined();
  });

  it('keeps the last breadcrumbs and the tags that tell most', () => {
    const shown = shownEvent(
      event({
        breadcrumbs: Array.from({ length: 40 }, (_, index) => ({
          at: index,
          category: 'http',
          level: 'info',
          text: `${index}`,
        })),
        tags: [
          ...Array.from({ length: 30 }, (_, index) => ({ key: `own${index}`, value: 'x' })),
          { key: 'release', value: '1.2.3' },
          { key: 'environment', value: 'production' },
        ],
      }),
    );
    expect(shown.breadcrumbs.map(({ text }) => text)).toEqual(
      Array.from({ length: 15 }, (_, index) => `${index + 25}`),
    );
    expect(shown.tags.slice(0, 3).map(({ key }) => key)).toEqual(['environment', 'release', 'own0']);
    expect(shown.tags).toHaveLength(eventLimits.tags);
    expect(shown.totals).toMatchObject({ breadcrumbs: 40, tags: 32 });
  });

  it('of any size stays within its limits', () => {
    const text = fc.option(fc.string({ maxLength: 2000 }), { nil: undefined });
    const frames = fc.array(
      fc.record({
        file: text,
        module: text,
        function: text,
        line: fc.option(fc.nat(), { nil: undefined }),
        inApp: fc.boolean(),
        source: text,
      }),
      { maxLength: 60 },
    );
    const parts = fc.array(fc.record({ type: text, value: text, handled: fc.constant(undefined), frames }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(parts, (exceptions) => {
        const shown = shownEvent(event({ exceptions }));
        expect(shown.exceptions.length).toBeLessThanOrEqual(eventLimits.exceptions);
        expect(shown.frames.length).toBeLessThanOrEqual(eventLimits.frames);
        expect(JSON.stringify(shown).length).toBeLessThan(25_000);
        expect(shown.totals.ownFrames).toBe(ownFrames(event({ exceptions })).length);
      }),
      { numRuns: 50 },
    );
  });

  it('is cut without breaking a character in two', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 20 }), (text, most) => {
        const short = cut(text, most);
        expect(short.length).toBeLessThanOrEqual(most);
        expect(() => encodeURIComponent(short)).not.toThrow(); // it throws at half of a pair
      }),
    );
  });
});
