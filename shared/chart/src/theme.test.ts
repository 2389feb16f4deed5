import { describe, expect, it } from 'vitest';
import { mixed, strokeOf, themeOf } from './theme.ts';

type Triple = readonly [number, number, number];

/** How complete dichromats see linear colours (Machado, Oliveira and Fernandes 2009, severity 1). */
const sights: Readonly<Record<string, readonly Triple[]>> = {
  everybody: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopes: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopes: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopes: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function linear(colour: string): Triple {
  const channel = (at: number): number => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function seen(matrix: readonly Triple[], colour: string): Triple {
  const given = linear(colour);
  const channel = (row: Triple | undefined): number =>
    Math.min(
      1,
      Math.max(
        0,
        (row ?? given).reduce((sum, weight, index) => sum + weight * (given[index] ?? 0), 0),
      ),
    );
  return [channel(matrix[0]), channel(matrix[1]), channel(matrix[2])];
}

/** CIE 1976 L*a*b*, in which distances are about what people see. */
function lab([red, green, blue]: Triple): Triple {
  const curve = (value: number): number => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);
  const x = curve((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047);
  const y = curve(0.2126 * red + 0.7152 * green + 0.0722 * blue);
  const z = curve((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function nearest(colours: readonly string[], matrix: readonly Triple[]): number {
  const places = colours.map((colour) => lab(seen(matrix, colour)));
  const distances = places.flatMap((one, index) =>
    places.slice(index + 1).map((other) => Math.hypot(...one.map((value, axis) => value - (other[axis] ?? 0)))),
  );
  return Math.min(...distances);
}

describe.each(['light', 'dark'] as const)('colours of the %s theme', (name) => {
  const theme = themeOf(name);

  it.each(Object.entries(sights))('are told apart by %s', (_, matrix) => {
    expect(theme.series).toHaveLength(8);
    // A difference of 2.3 is just noticeable.
    expect(nearest(theme.series, matrix)).toBeGreaterThan(10);
    expect(nearest(Object.values(theme.severity), matrix)).toBeGreaterThan(18);
  });

  it('stand out from the background', () => {
    const luminance = (colour: string): number => {
      const [red, green, blue] = linear(colour);
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const contrast = (colour: string): number => {
      const [dark = 0, bright = 0] = [luminance(colour), luminance(theme.background)].toSorted(
        (left, right) => left - right,
      );
      return (bright + 0.05) / (dark + 0.05);
    };
    for (const colour of theme.series) expect(contrast(colour), colour).toBeGreaterThan(2.2);
    for (const colour of Object.values(theme.severity)) expect(contrast(colour), colour).toBeGreaterThan(3.5);
    for (const colour of [theme.text, theme.faint]) expect(contrast(colour), colour).toBeGreaterThan(4.5);
  });

  it('are eight, then the same dashed, then dotted', () => {
    const looks = Array.from({ length: 20 }, (_, index) => JSON.stringify(strokeOf(theme, index)));
    expect(new Set(looks).size).toBe(20);
  });
});

it('mixing goes from the background to the colour', () => {
  expect([mixed('#ff8000', '#ffffff', 0), mixed('#ff8000', '#ffffff', 1), mixed('#000000', '#ffffff', 0.5)]).toEqual([
    '#ffffff',
    '#ff8000',
    '#808080',
  ]);
});
