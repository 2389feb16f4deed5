import { severityOf } from '../series/severity.ts';
import type { BarListChart } from '../spec.ts';
import { element } from '../svg/element.ts';
import { cutLabel, letterOf } from '../text/clean.ts';
import { drawable } from '../text/lettering.ts';
import { formatValue } from '../units/units.ts';
import { baseline, type Canvas, type Drawn, header, label, letteredOf, textSize } from './canvas.ts';

const mostBars = 20;
const leastRow = 18;

/** Names, bars from zero and values, one under the other; negative values to the left of zero. */
export function drawBarList(canvas: Canvas, spec: BarListChart): Drawn {
  const { theme, lettering } = canvas;
  const { body: head, box } = header(canvas, spec.title, '');
  const fitting = Math.max(1, Math.floor(box.height / leastRow));
  const isAll = spec.bars.length <= Math.min(mostBars, fitting);
  const bars = spec.bars.slice(0, isAll ? mostBars : Math.max(1, Math.min(mostBars, fitting - 1)));
  const rowHeight = Math.min(34, (box.height - (isAll ? 0 : leastRow)) / Math.max(1, bars.length));
  const names = bars.map(({ name }, index) =>
    drawable(lettering, name, { size: textSize, room: box.width * 0.35, standIn: letterOf(index) }),
  );
  const lettered = letteredOf(
    canvas,
    bars.map(({ name }) => name),
  );
  const values = bars.map(({ value }) => formatValue(value, spec.unit));
  const nameWidth = widest(canvas, names);
  const valueWidth = widest(canvas, values);
  const left = box.left + nameWidth + 12;
  const width = Math.max(10, box.width - nameWidth - valueWidth - 24);
  const finite = bars.flatMap(({ value }) => (value !== null && Number.isFinite(value) ? [value] : []));
  const low = Math.min(0, ...finite);
  const high = Math.max(0, ...(spec.max === undefined ? finite : [spec.max]));
  const range = high - low || 1;
  const x = (value: number): number => left + (width * (Math.min(high, Math.max(low, value)) - low)) / range;
  const rows = bars.map(({ value }, index) => {
    const middle = box.top + (index + 0.5) * rowHeight;
    const y = baseline(middle);
    const bar = { y: middle - rowHeight * 0.31, height: rowHeight * 0.62, rx: 2 };
    const severity = severityOf(value, spec.thresholds);
    const fill = severity === undefined ? (theme.series[0] ?? theme.text) : theme.severity[severity];
    const [from, to] =
      value === null || Number.isNaN(value) ? [x(0), x(0)] : [x(Math.min(0, value)), x(Math.max(0, value))];
    return [
      label(canvas, names[index] ?? '', { x: left - 12, y, anchor: 'end' }),
      element('rect', { x: left, width, ...bar, fill: theme.grid }),
      to > from ? element('rect', { x: from, width: Math.max(1, to - from), ...bar, fill }) : '',
      label(canvas, values[index] ?? '', { x: box.left + box.width, y, anchor: 'end' }),
    ].join('');
  });
  const undrawn = spec.bars.length - bars.length;
  const note = undrawn > 0 ? `${undrawn} more not drawn` : spec.bars.length === 0 ? 'no data' : '';
  const noteY = baseline(box.top + bars.length * rowHeight + leastRow / 2);
  const foot = label(canvas, note, { x: box.left, y: noteY, colour: theme.faint });
  return { body: [head, ...rows, foot].join(''), lines: wordsOf(spec, undrawn), lettered };
}

function widest(canvas: Canvas, texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => canvas.lettering.width(text, textSize)));
}

function wordsOf({ bars, unit, thresholds }: BarListChart, undrawn: number): readonly string[] {
  return [
    ...bars.slice(0, mostBars).map(({ name, value }, index) => {
      const severity = severityOf(value, thresholds);
      return `${letterOf(index)} ${cutLabel(name, 120)}: ${formatValue(value, unit)}${severity === undefined ? '' : ` (${severity})`}`;
    }),
    ...(bars.length > mostBars ? [`${bars.length - mostBars} more left out`] : []),
    ...(undrawn > 0 ? [`${undrawn} of ${bars.length} not drawn`] : []),
    ...(bars.length === 0 ? ['no data'] : []),
  ];
}
