import type { ChartSpan } from '../spec.ts';
import { element } from '../svg/element.ts';
import type { ZoneClock } from '../zone/local-time.ts';
import { timeTicks } from '../zone/time-ticks.ts';
import { baseline, type Box, type Canvas, label, margin, textSize } from './canvas.ts';

/** Height of the row of times below a plot. */
export const timeAxisHeight = 24;

/** @throws RangeError when the span is none */
export function checkSpan({ start, end }: ChartSpan): void {
  const isSpan = Number.isFinite(start) && Number.isFinite(end) && start < end;
  if (!isSpan || Math.abs(start) > 8e15 || Math.abs(end) > 8e15) throw new RangeError('span must start before it ends');
}

export function xOf(at: number, span: ChartSpan, { left, width }: Box): number {
  return left + ((at - span.start) / (span.end - span.start)) * width;
}

/** Vertical lines and times below the plot, and at the left the zone's abbreviation. */
export function timeAxis(canvas: Canvas, span: ChartSpan, plot: Box): { grid: string; labels: string } {
  const { theme, clock, lettering } = canvas;
  const ticks = timeTicks(span, clock, Math.max(2, Math.floor(plot.width / 70)));
  const bottom = plot.top + plot.height;
  const y = baseline(bottom + timeAxisHeight / 2 + 2);
  const zone = zoneText(span, clock);
  const zoneWidth = lettering.width(zone, textSize);
  let free = Math.max(margin, plot.left - zoneWidth - 16) + zoneWidth + 8;
  const grid: string[] = [];
  const labels = [label(canvas, zone, { x: free - zoneWidth - 8, y, colour: theme.faint })];
  for (const { at, text, isMidnight } of ticks) {
    const x = Math.round(xOf(at, span, plot)) + 0.5;
    grid.push(
      element('line', { x1: x, x2: x, y1: plot.top, y2: bottom + 4, stroke: isMidnight ? theme.axis : theme.grid }),
    );
    const half = lettering.width(text, textSize) / 2;
    if (x - half < free || x + half > canvas.width - 2) continue;
    labels.push(label(canvas, text, { x, y, anchor: 'middle', colour: isMidnight ? theme.text : theme.faint }));
    free = x + half + 8;
  }
  return { grid: grid.join(''), labels: labels.join('') };
}

/** `CEST`, or `CEST→CET` where the clocks change within the span. */
export function zoneText(span: ChartSpan, clock: ZoneClock): string {
  const [first, last] = [clock.abbreviationAt(span.start), clock.abbreviationAt(span.end)];
  return first === last ? first : `${first}→${last}`;
}

/** `26 Nov 2026 09:00 – 12:00 JST`. */
export function spanText(span: ChartSpan, clock: ZoneClock): string {
  const whole = span.end - span.start < 120_000 ? '%H:%M:%S' : '%H:%M';
  const days = '%-d %b %Y';
  const isOneDay = clock.format(span.start, days) === clock.format(span.end, days);
  const end = clock.format(span.end, isOneDay ? whole : `${days} ${whole}`);
  return `${clock.format(span.start, `${days} ${whole}`)} – ${end} ${zoneText(span, clock)}`;
}
