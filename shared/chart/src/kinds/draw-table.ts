import type { TableChart } from '../spec.ts';
import { element } from '../svg/element.ts';
import { cutLabel, letterOf } from '../text/clean.ts';
import { drawable } from '../text/lettering.ts';
import { formatValue } from '../units/units.ts';
import { baseline, type Canvas, type Drawn, header, label, textSize } from './canvas.ts';

const rowHeight = 22;
const padding = 10;
const mostColumns = 12;
const mostRowsOfText = 40;

/** Rows of cells; numbers stand at the right and in the unit of their column. A cell that cannot be drawn shows its place, like B3. */
export function drawTable(canvas: Canvas, spec: TableChart): Drawn {
  const { theme, lettering } = canvas;
  const { body: head, box } = header(canvas, spec.title, '');
  const columns = spec.columns.slice(0, mostColumns);
  const fitting = Math.max(1, Math.floor(box.height / rowHeight) - 1);
  const rows = spec.rows.slice(0, spec.rows.length <= fitting ? fitting : Math.max(1, fitting - 1));
  const isNumber = columns.map((_, column) => spec.rows.every((row) => typeof row[column] !== 'string'));
  const table = [
    columns.map(({ name }) => name),
    ...rows.map((row) => columns.map(({ unit }, at) => cellText(row[at], unit))),
  ];
  const shown = table.map((row, index) =>
    row.map((text, column) =>
      drawable(lettering, text, {
        size: textSize,
        room: box.width * 0.6,
        standIn: `${letterOf(column)}${index === 0 ? '' : index}`,
      }),
    ),
  );
  const wanted = columns.map(
    (_, at) => Math.max(...shown.map((row) => lettering.width(row[at] ?? '', textSize))) + 2 * padding,
  );
  const widths = fitted(wanted, box.width);
  const lefts = widths.map((_, at) => box.left + widths.slice(0, at).reduce((sum, width) => sum + width, 0));
  const total = widths.reduce((sum, width) => sum + width, 0);
  const parts = shown.map((row, index) => {
    const top = box.top + index * rowHeight;
    const y = baseline(top + rowHeight / 2);
    const colour = index === 0 ? theme.faint : theme.text;
    const cells = row.map((text, at) => {
      const [left, width] = [lefts[at] ?? 0, widths[at] ?? 0];
      const room = width - 2 * padding + 0.5;
      const x = isNumber[at] === true ? left + width - padding : left + padding;
      return label(canvas, text, { x, y, room, colour, anchor: isNumber[at] === true ? 'end' : 'start' });
    });
    const line = { x1: box.left, x2: box.left + total, y1: top + rowHeight, y2: top + rowHeight };
    return cells.join('') + element('line', { ...line, stroke: index === 0 ? theme.axis : theme.grid });
  });
  const undrawn = spec.rows.length - rows.length;
  const hidden = spec.columns.length - columns.length;
  const note = [undrawn > 0 ? `${undrawn} more rows` : '', hidden > 0 ? `${hidden} more columns` : '']
    .filter((text) => text !== '')
    .join(', ');
  const foot =
    note === ''
      ? ''
      : label(canvas, `${note} not drawn`, {
          x: box.left + padding,
          y: baseline(box.top + (rows.length + 1.5) * rowHeight),
          colour: theme.faint,
        });
  return { body: [head, ...parts, foot].join(''), lines: wordsOf(spec, note), lettered: [] };
}

function cellText(cell: string | number | null | undefined, unit: string | undefined): string {
  return typeof cell === 'string' ? cell : formatValue(cell, unit);
}

/** Columns that ask for more than their share give way; where all fit, what is left over is spread. */
function fitted(wanted: readonly number[], room: number): readonly number[] {
  const total = wanted.reduce((sum, width) => sum + width, 0);
  if (total <= room) return wanted.map((width) => width + Math.min(60, (room - total) / wanted.length));
  let share = room / wanted.length;
  for (let round = 0; round < wanted.length; round++) {
    const narrow = wanted.filter((width) => width <= share);
    const rest = room - narrow.reduce((sum, width) => sum + width, 0);
    const wide = wanted.length - narrow.length;
    if (wide > 0) share = rest / wide;
  }
  return wanted.map((width) => Math.min(width, share));
}

function wordsOf({ columns, rows }: TableChart, note: string): readonly string[] {
  const line = (cells: readonly string[]): string => cells.map((cell) => cutLabel(cell, 80)).join(' | ');
  const shown = rows.slice(0, mostRowsOfText);
  return [
    line(columns.map(({ name }) => name)),
    ...shown.map((row) => line(columns.map(({ unit }, at) => cellText(row[at], unit)))),
    ...(rows.length > shown.length ? [`${rows.length - shown.length} more rows left out`] : []),
    ...(note === '' ? [] : [`${note} not drawn`]),
  ];
}
