import type { StateSpan, StateTimelineChart } from '../spec.ts';
import { element } from '../svg/element.ts';
import { cutLabel, letterOf } from '../text/clean.ts';
import { drawable } from '../text/lettering.ts';
import { mixed, strokeOf } from '../theme.ts';
import { baseline, type Box, type Canvas, type Drawn, header, label, letteredOf, textSize } from './canvas.ts';
import { checkSpan, spanText, timeAxis, timeAxisHeight, xOf } from './time-axis.ts';

const mostRows = 30;
const mostNamed = 10;
const leastRow = 18;
const legendHeight = 22;

interface StateLook {
  readonly state: string;
  readonly standIn: string;
  readonly colour: string;
}

/** One row for each thing, and its states over time. Moments without a state stay empty. */
export function drawStateTimeline(canvas: Canvas, spec: StateTimelineChart): Drawn {
  checkSpan(spec.span);
  const { body: head, box } = header(canvas, spec.title, spanText(spec.span, canvas.clock));
  const room = box.height - timeAxisHeight - legendHeight;
  const fitting = Math.max(1, Math.floor(room / leastRow));
  const rows = spec.rows.slice(0, Math.min(mostRows, fitting));
  const undrawn = spec.rows.length - rows.length;
  const rowHeight = Math.min(40, room / Math.max(1, rows.length));
  const names = rows.map(({ name }, index) =>
    drawable(canvas.lettering, name, { size: textSize, room: box.width * 0.3, standIn: letterOf(index) }),
  );
  const lettered = letteredOf(
    canvas,
    rows.map(({ name }) => name),
  );
  const nameWidth = Math.max(34, ...names.map((name) => canvas.lettering.width(name, textSize)));
  const plot = {
    left: box.left + nameWidth + 12,
    top: box.top,
    width: box.width - nameWidth - 18,
    height: rowHeight * Math.max(1, rows.length),
  };
  const looks = looksOf(canvas, spec);
  const time = timeAxis(canvas, spec.span, plot);
  const drawn = rows.map(({ states }, index) => {
    const row = { ...plot, top: plot.top + index * rowHeight, height: rowHeight };
    const name = label(canvas, names[index] ?? '', {
      x: plot.left - 12,
      y: baseline(row.top + rowHeight / 2),
      anchor: 'end',
    });
    return name + drawStates(canvas, spec, states, row, looks);
  });
  const foot = drawLooks(
    canvas,
    [...looks.values()],
    { ...box, top: plot.top + plot.height + timeAxisHeight },
    undrawn,
  );
  return {
    body: [head, time.grid, ...drawn, time.labels, foot].join(''),
    lines: wordsOf(canvas, spec, undrawn),
    lettered,
  };
}

function looksOf(canvas: Canvas, spec: StateTimelineChart): ReadonlyMap<string, StateLook> {
  const looks = new Map<string, StateLook>();
  for (const { state, severity } of spec.rows.flatMap(({ states }) => states)) {
    if (looks.has(state)) continue;
    const own = strokeOf(canvas.theme, looks.size).colour;
    const colour = severity === undefined ? own : canvas.theme.severity[severity];
    looks.set(state, {
      state,
      standIn: `state ${looks.size + 1}`,
      colour: mixed(colour, canvas.theme.background, 0.85),
    });
  }
  return looks;
}

/** Spans narrower than two pixels are drawn that wide: a short outage must be seen. The worst is drawn last. */
function drawStates(
  canvas: Canvas,
  { span }: StateTimelineChart,
  states: readonly StateSpan[],
  row: Box,
  looks: ReadonlyMap<string, StateLook>,
): string {
  const bounds = { y: row.top + row.height * 0.12, height: row.height * 0.76 };
  const boxes = new Map<string, { text: string; rank: number }>();
  for (const { start, end, state, severity } of states) {
    if (end < span.start || start > span.end) continue;
    const x = xOf(Math.max(start, span.start), span, row);
    const width = Math.max(2, xOf(Math.min(end, span.end), span, row) - x);
    const look = looks.get(state);
    const place = width > 2 ? `${x} ${width}` : `${Math.round(x / 2)}`;
    const rank = (width > 2 ? 0 : 4) + ['ok', 'warning', 'critical'].indexOf(severity ?? '');
    if ((boxes.get(place)?.rank ?? -2) >= rank) continue;
    const rect = element('rect', { x, width, ...bounds, fill: look?.colour });
    const shown = drawable(canvas.lettering, state, { size: textSize, room: width - 8, standIn: look?.standIn ?? '' });
    const isRoom = !shown.includes('…') && canvas.lettering.width(shown, textSize) <= width - 8;
    const y = baseline(row.top + row.height / 2);
    const text = isRoom
      ? label(canvas, shown, { x: x + width / 2, y, anchor: 'middle', colour: inkOn(look?.colour ?? '#000000') })
      : '';
    boxes.set(place, { text: rect + text, rank });
  }
  return [...boxes.values()]
    .toSorted((left, right) => left.rank - right.rank)
    .map(({ text }) => text)
    .join('');
}

/** Black or white, whichever reads better (relative luminance of WCAG 2). */
function inkOn(fill: string): string {
  const linear = [1, 3, 5].map((at) => (Number.parseInt(fill.slice(at, at + 2), 16) / 255) ** 2.2);
  const luminance = 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
  return luminance > 0.18 ? '#101010' : '#ffffff';
}

function drawLooks(canvas: Canvas, looks: readonly StateLook[], box: Box, undrawn: number): string {
  const y = baseline(box.top + legendHeight / 2 + 2);
  let x = box.left;
  const parts: string[] = [];
  const add = (text: string, colour: string | undefined, standIn: string): void => {
    const room = box.left + box.width - x - 20;
    if (room < 40) return;
    const shown = drawable(canvas.lettering, text, { size: textSize, room: Math.min(room, 200), standIn });
    if (colour !== undefined) parts.push(element('rect', { x, y: y - 10, width: 12, height: 12, rx: 2, fill: colour }));
    const textX = colour === undefined ? x : x + 18;
    parts.push(label(canvas, shown, { x: textX, y, colour: canvas.theme.faint }));
    x = textX + canvas.lettering.width(shown, textSize) + 18;
  };
  for (const { state, colour, standIn } of looks.slice(0, mostNamed)) add(state, colour, standIn);
  if (looks.length > mostNamed) add(`${looks.length - mostNamed} more states`, undefined, '');
  if (undrawn > 0) add(`${undrawn} more rows not drawn`, undefined, '');
  return parts.join('');
}

function wordsOf(canvas: Canvas, { rows, span }: StateTimelineChart, undrawn: number): readonly string[] {
  const length = span.end - span.start;
  return [
    `${rows.length} rows, ${spanText(span, canvas.clock)}`,
    ...rows.slice(0, mostRows).map(({ name, states }, index) => {
      const shares = new Map<string, number>();
      for (const { start, end, state } of states) {
        const within = Math.max(0, Math.min(end, span.end) - Math.max(start, span.start));
        shares.set(state, (shares.get(state) ?? 0) + within);
      }
      const parts = [...shares].slice(0, 6).map(([state, ms]) => `${cutLabel(state, 40)} ${percent(ms / length)}`);
      return `${letterOf(index)} ${cutLabel(name, 120)}: ${parts.join(', ') || 'no state'}`;
    }),
    ...(undrawn > 0 ? [`${undrawn} more rows not drawn`] : []),
  ];
}

function percent(ratio: number): string {
  return ratio > 0 && ratio < 0.001 ? '<0.1 %' : `${Math.round(ratio * 1000) / 10} %`;
}
