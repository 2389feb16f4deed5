import { element } from '../svg/element.ts';
import { baseline, type Box, type Canvas, label, textSize } from './canvas.ts';

export interface LegendEntry {
  readonly name: string;
  readonly letter: string;
  readonly colour: string;
  readonly dash?: string | undefined;
  /** Written after the name, each in a column of its own. */
  readonly figures: readonly string[];
}

export interface Legend {
  readonly height: number;
  readonly draw: (box: Box) => string;
}

const rowHeight = 18;
const mostEntries = 10;
const gap = 14;

/**
 * Names and figures of series, in one or two columns under their heads, with what there is no room for counted.
 *
 * @param undrawn how many series the picture leaves out altogether
 */
export function legendOf(
  canvas: Canvas,
  entries: readonly LegendEntry[],
  heads: readonly string[],
  { room, undrawn }: { readonly room: Box; readonly undrawn: number },
): Legend {
  const columns = entries.length > 3 && room.width >= 640 ? 2 : 1;
  // The picture itself keeps more than half of the height.
  const rowsThatFit = Math.floor((room.height * 0.42) / rowHeight) - 1;
  const isAll = undrawn === 0 && entries.length <= Math.min(mostEntries, rowsThatFit * columns);
  const mostShown = isAll ? entries.length : Math.min(mostEntries, (rowsThatFit - 1) * columns);
  if (mostShown < 1) return { height: 0, draw: () => '' };
  const note = noteOf(entries.length - mostShown, undrawn);
  const shown = entries.slice(0, mostShown);
  const rows = Math.ceil(shown.length / columns);
  return {
    height: (rows + 1 + (note === '' ? 0 : 1)) * rowHeight,
    draw: (box) => {
      const columnWidth = (box.width - gap * (columns - 1)) / columns;
      const parts = Array.from({ length: columns }, (_, column) => {
        const left = box.left + column * (columnWidth + gap);
        const held = shown.slice(column * rows, (column + 1) * rows);
        return drawColumn(canvas, held, heads, { left, top: box.top, width: columnWidth, height: box.height });
      });
      const y = baseline(box.top + (rows + 1.5) * rowHeight);
      return parts.join('') + label(canvas, note, { x: box.left, y, room: box.width, colour: canvas.theme.faint });
    },
  };
}

function noteOf(unnamed: number, undrawn: number): string {
  const parts = [
    unnamed > 0 ? `${unnamed} more drawn, named in the text` : '',
    undrawn > 0 ? `${undrawn} more series not drawn` : '',
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function drawColumn(canvas: Canvas, entries: readonly LegendEntry[], heads: readonly string[], box: Box): string {
  const { theme, lettering } = canvas;
  const widths = heads.map((head, column) =>
    Math.max(
      46,
      ...[head, ...entries.map(({ figures }) => figures[column] ?? '')].map((text) => lettering.width(text, textSize)),
    ),
  );
  const ends = widths.map(
    (_, column) => box.left + box.width - widths.slice(column + 1).reduce((sum, width) => sum + width + gap, 0),
  );
  const nameRoom = (ends[0] ?? box.left + box.width) - (widths[0] ?? 0) - gap - box.left - 28;
  const headY = baseline(box.top + rowHeight / 2);
  const parts = heads.map((head, column) =>
    label(canvas, head, { x: ends[column] ?? 0, y: headY, anchor: 'end', colour: theme.faint }),
  );
  for (const [row, entry] of entries.entries()) {
    const middle = box.top + (row + 1.5) * rowHeight;
    const y = baseline(middle);
    parts.push(
      element('line', {
        x1: box.left,
        x2: box.left + 20,
        y1: middle,
        y2: middle,
        stroke: entry.colour,
        'stroke-width': 3,
        'stroke-dasharray': entry.dash,
      }),
      label(canvas, entry.name, { x: box.left + 28, y, room: nameRoom, standIn: entry.letter }),
      ...entry.figures.map((figure, column) => label(canvas, figure, { x: ends[column] ?? 0, y, anchor: 'end' })),
    );
  }
  return parts.join('');
}
