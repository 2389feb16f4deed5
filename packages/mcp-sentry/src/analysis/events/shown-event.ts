import type { Breadcrumb, ExceptionPart, Frame, SentryEvent } from '../../model/event.ts';
import { cut } from '../../text/index.ts';

/** Most of each that is shown; characters of one text. */
export const eventLimits = {
  exceptions: 5,
  frames: 15,
  otherFrames: 5,
  breadcrumbs: 15,
  tags: 12,
  text: 300,
  source: 160,
};

export interface ShownException {
  readonly type: string;
  readonly value: string;
  readonly handled: boolean | undefined;
}

export interface ShownFrame {
  readonly where: string;
  readonly function: string;
  readonly source: string | undefined;
  readonly isOwn: boolean;
}

export interface ShownEvent {
  /** What was thrown last first, then what caused it. */
  readonly exceptions: readonly ShownException[];
  /** Innermost first; those of the application where there are any. */
  readonly frames: readonly ShownFrame[];
  /** Oldest first, the last ones. */
  readonly breadcrumbs: readonly { readonly at: number | undefined; readonly what: string; readonly text: string }[];
  /** What tells most first. */
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  /** How many there are of each, shown or not. */
  readonly totals: {
    readonly exceptions: number;
    readonly frames: number;
    readonly ownFrames: number;
    readonly breadcrumbs: number;
    readonly tags: number;
  };
}

/** Tags that say where and in what an event happened; others follow in their own order. */
const tellingTags = [
  'environment',
  'release',
  'level',
  'handled',
  'transaction',
  'url',
  'server_name',
  'region',
  'runtime',
  'runtime.name',
  'browser',
  'browser.name',
  'os',
  'os.name',
  'device',
  'mechanism',
  'logger',
];

/** The parts of an event that explain it, cut to what one answer can hold. */
export function shownEvent(event: SentryEvent): ShownEvent {
  // as Sentry has them the one that was thrown last is last, and so is the innermost frame
  const chain = event.exceptions.toReversed();
  const frames = chain.flatMap((part) => part.frames.toReversed());
  const own = frames.filter(({ inApp }) => inApp);
  const shown = own.length > 0 ? own.slice(0, eventLimits.frames) : frames.slice(0, eventLimits.otherFrames);
  return {
    exceptions: chain.slice(0, eventLimits.exceptions).map(shownException),
    frames: shown.map(shownFrame),
    breadcrumbs: event.breadcrumbs.slice(-eventLimits.breadcrumbs).map(shownBreadcrumb),
    tags: telling(event.tags)
      .slice(0, eventLimits.tags)
      .map(({ key, value }) => ({ key: cut(key, 60), value: cut(value, 100) })),
    totals: {
      exceptions: event.exceptions.length,
      frames: frames.length,
      ownFrames: own.length,
      breadcrumbs: event.breadcrumbs.length,
      tags: event.tags.length,
    },
  };
}

/** The innermost frame of the application, of what was thrown last; where it has none, of what caused it. */
export function topFrame(event: SentryEvent): Frame | undefined {
  return ownFrames(event)[0];
}

/** Frames of the application, innermost first, over the whole chain. */
export function ownFrames(event: SentryEvent): readonly Frame[] {
  return event.exceptions
    .toReversed()
    .flatMap((part) => part.frames.toReversed())
    .filter(({ inApp }) => inApp);
}

function shownException({ type, value, handled }: ExceptionPart): ShownException {
  return { type: cut(type ?? 'unknown type', 120), value: cut(value ?? '', eventLimits.text), handled };
}

function shownFrame({ file, module, line, function: name, source, inApp }: Frame): ShownFrame {
  const place = file ?? module ?? 'unknown file';
  return {
    where: `${cut(place, 160)}${line === undefined ? '' : `:${line}`}`,
    function: cut(name ?? '', 100),
    source: source === undefined ? undefined : cut(source.trim(), eventLimits.source),
    isOwn: inApp,
  };
}

function shownBreadcrumb({ at, category, level, text }: Breadcrumb): ShownEvent['breadcrumbs'][number] {
  const what = [category, level === 'info' ? undefined : level].filter((part) => part !== undefined && part !== '');
  return { at, what: cut(what.join(' '), 60), text: cut(text ?? '', eventLimits.text) };
}

function telling(tags: SentryEvent['tags']): SentryEvent['tags'] {
  const rank = (key: string): number => {
    const place = tellingTags.indexOf(key);
    return place === -1 ? tellingTags.length : place;
  };
  return tags.toSorted((left, right) => rank(left.key) - rank(right.key));
}
