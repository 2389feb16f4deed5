import { Resvg } from '@resvg/resvg-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownMetrics } from '../font/own-font.ts';
import type { ChartPoint, ChartSpec, TimeSeriesChart } from '../spec.ts';
import { letteringOf } from '../text/lettering.ts';
import { drawChart } from './draw-chart.ts';

const lettering = letteringOf([ownMetrics()]);
const hour = 3_600_000;
const start = Date.UTC(2026, 10, 26);
const span = { start, end: start + hour };
const line = (values: readonly (number | null)[]): ChartPoint[] =>
  values.map((value, index) => [start + (index * hour) / values.length, value]);
const cpu: TimeSeriesChart = {
  kind: 'timeseries',
  title: 'CPU',
  span,
  unit: 'percent',
  series: [{ name: 'web-1', points: line([10, 20, 30, 40]) }],
};

function draw(spec: ChartSpec): { readonly svg: string; readonly text: string; readonly labels: readonly string[] } {
  const { svg, text } = drawChart(spec, lettering);
  return { svg, text, labels: [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, label = '']) => label) };
}

function count(svg: string, pattern: RegExp): number {
  return [...svg.matchAll(pattern)].length;
}

describe('a chart of time series', () => {
  it('has title, span, axes and a legend with last, min and max, and says the same in words', () => {
    const { labels, text } = draw(cpu);
    expect(labels).toEqual(
      expect.arrayContaining([
        'CPU',
        '26 Nov 2026 00:00 – 01:00 UTC',
        'UTC',
        '00:30',
        '0 %',
        'last',
        'web-1',
        '40 %',
        '10 %',
      ]),
    );
    expect(text).toMatchInlineSnapshot(`
      "CPU
      1 series, 26 Nov 2026 00:00 – 01:00 UTC
      A web-1: last 40 %, min 10 %, max 40 %"
    `);
  });

  it('draws twenty series and counts the rest', () => {
    const series = Array.from({ length: 23 }, (_, index) => ({
      name: `pod-${index}`,
      points: line([index, index + 1]),
    }));
    const { svg, text, labels } = draw({ ...cpu, series });
    expect(count(svg, /<path d="M[^"]*" fill="none"/g)).toBe(20);
    expect(labels).toContain('10 more drawn, named in the text; 3 more series not drawn');
    expect(text).toContain('T pod-19');
    expect(text).toContain('3 more series not drawn');
    expect(text).not.toContain('pod-20');
  });

  it('gives the ninth series the first colour, dashed', () => {
    const series = Array.from({ length: 9 }, (_, index) => ({ name: `s${index}`, points: line([index, index + 1]) }));
    const strokes = [
      ...draw({ ...cpu, series }).svg.matchAll(
        /<path d="M[^"]*" fill="none" stroke="(#\w+)"[^>]*?(dasharray="[^"]*")?\/>/g,
      ),
    ];
    const looks = strokes.map(([, colour, dash]) => `${colour} ${dash}`).toReversed();
    expect(new Set(looks).size).toBe(9);
    expect(looks[8]).toBe(`${looks[0]?.split(' ')[0]} dasharray="7 4"`);
  });

  it('draws a spike of one sample in 100,000 up to its height', () => {
    const values = Array.from({ length: 100_000 }, (_, index) => (index === 54_321 ? 100 : 1));
    const { svg } = draw({ ...cpu, axis: { min: 0, max: 100 }, series: [{ name: 'x', points: line(values) }] });
    const [, path = ''] = /<path d="(M[^"]*)" fill="none"/.exec(svg) ?? [];
    const heights = [...path.matchAll(/[ML]([\d.]+),([\d.]+)/g)].map(([, , y]) => Number(y));
    const [, top] = /<clipPath id="plot"><rect x="[\d.]+" y="([\d.]+)"/.exec(svg) ?? [];
    expect(Math.min(...heights)).toBeCloseTo(Number(top) + 1, 1);
    expect(heights.length).toBeLessThan(4000);
  });

  it('breaks lines at gaps, shows lone points and marks infinite values', () => {
    const { svg, text } = draw({
      ...cpu,
      series: [{ name: 'x', points: line([1, 2, null, 3, Number.NaN, 4, 5, Infinity]) }],
    });
    const [, path = ''] = /<path d="(M[^"]*)" fill="none"/.exec(svg) ?? [];
    expect(count(path, /M/g)).toBe(2);
    expect(count(svg, /<circle/g)).toBe(1);
    expect(count(svg, /<path d="M[\d.]+,[\d.]+L[\d.]+,[\d.]+h8Z"/g)).toBe(1);
    expect(text).toContain('last +∞, min 1 %, max 5 %');
    expect(text).toContain('1 infinite values are marked at the edge');
  });

  it('joins over gaps where asked, also over missing moments', () => {
    const points = line([1, 2, null, null, null, 3]);
    const missing = points.filter(([, value]) => value !== null);
    for (const given of [points, missing]) {
      const pieces = (spanNulls: boolean): number =>
        count(
          /<path d="(M[^"]*)" fill="none"/.exec(
            draw({ ...cpu, stepMs: hour / 6, spanNulls, series: [{ name: 'x', points: given }] }).svg,
          )?.[1] ?? '',
          /[ML]/g,
        );
      expect([pieces(false), pieces(true)]).toEqual([2, 3]);
    }
  });

  it('shows thresholds as lines and areas, and annotations as lines and regions', () => {
    const { svg, text, labels } = draw({
      ...cpu,
      thresholds: [
        { value: 30, severity: 'warning', side: 'above' },
        { value: 35, severity: 'critical', label: 'limit' },
      ],
      annotations: [
        { at: start + hour / 4, label: 'deploy' },
        { at: start + hour / 2, end: start + 0.6 * hour, label: 'alert' },
        { at: start - hour, label: 'before' },
      ],
    });
    expect(labels).toEqual(expect.arrayContaining(['warning 30 %', 'limit 35 %', 'deploy', 'alert']));
    expect(labels).not.toContain('before');
    expect(count(svg, /<rect[^>]*fill-opacity="0.1"/g)).toBe(2);
    expect(count(svg, /stroke-dasharray="8 4"/g)).toBe(2);
    expect(text).toContain('Threshold warning: above 30 %');
    expect(text).toContain('Threshold limit (critical): at 35 %');
    expect(text).toContain('Mark 2: 26 Nov 00:30 to 26 Nov 00:36 alert');
  });

  it('names a threshold that lies far outside at the edge it lies behind', () => {
    expect(draw({ ...cpu, thresholds: [{ value: 9000, severity: 'critical' }] }).labels).toContain('↑ critical 9000 %');
  });

  it('says so when there is nothing to draw', () => {
    const { labels, text } = draw({ ...cpu, series: [] });
    expect(labels).toContain('no data in this span');
    expect(text).toContain('no data in this span');
  });

  it('draws a stack whose upper edge is the sum', () => {
    const series = [1, 2].map((value) => ({ name: `s${value}`, points: line([value, value]) }));
    const { svg } = draw({ ...cpu, unit: 'none', stacked: true, style: 'area', axis: { min: 0, max: 6 }, series });
    const edges = [...svg.matchAll(/<path d="M[\d.]+,([\d.]+)[^"]*" fill="none"/g)].map(([, y]) => Number(y));
    const [, top, height] = (
      /<clipPath id="plot"><rect x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"/.exec(svg) ?? []
    ).map(Number);
    expect(edges[0]).toBeCloseTo((top ?? 0) + 1 + ((height ?? 0) - 2) / 2, 1);
    expect(edges[1]).toBeCloseTo((top ?? 0) + 1 + (((height ?? 0) - 2) * 5) / 6, 1);
  });

  it.each([
    [{ ...cpu, width: 100 }, /width/],
    [{ ...cpu, height: 5000 }, /height/],
    [{ ...cpu, span: { start, end: start } }, /span/],
    [{ ...cpu, zone: 'Nowhere/At_All' }, /zone/i],
    [{ ...cpu, axis: { min: Number.NaN } }, /axis/],
    [{ ...cpu, stacked: true, axis: { scale: 'log' } }, /stacked/],
  ] as const)('refuses what cannot be drawn (%#)', (spec, message) => {
    expect(() => draw(spec)).toThrow(RangeError);
    expect(() => draw(spec)).toThrow(message);
  });
});

describe('the other kinds', () => {
  it('a stat shows its value in the colour of its threshold, over a spark line', () => {
    const { svg, labels, text } = draw({
      kind: 'stat',
      label: 'errors',
      value: 0.07,
      unit: 'percentunit',
      thresholds: [{ value: 0.05, severity: 'critical' }],
      spark: { span, points: line([0.01, 0.02, 0.07]) },
    });
    expect(labels).toEqual(expect.arrayContaining(['7 %', 'errors']));
    expect(count(svg, /fill="none" stroke="#b00020"/g)).toBe(1);
    expect(text).toBe('errors: 7 % (critical)\n26 Nov 2026 00:00 – 01:00 UTC: min 1 %, max 7 %');
  });

  it('a bar list shows bars as long as their values, and counts what it leaves out', () => {
    const bars = Array.from({ length: 30 }, (_, index) => ({ name: `disk-${index}`, value: 30 - index }));
    const { svg, labels, text } = draw({ kind: 'bar-list', bars });
    const widths = [...svg.matchAll(/<rect x="[\d.]+" width="([\d.]+)"[^>]*fill="#0072b2"/g)].map(([, width]) =>
      Number(width),
    );
    expect(widths).toHaveLength(20);
    expect((widths[15] ?? 0) / (widths[0] ?? 1)).toBeCloseTo(0.5, 2);
    expect(labels).toContain('10 more not drawn');
    expect(text).toContain('A disk-0: 30');
    expect(text).toContain('10 more left out');
  });

  it('a table shows cells in the unit of their column, and the place of one that cannot be drawn', () => {
    const { labels, text } = draw({
      kind: 'table',
      columns: [{ name: 'job' }, { name: 'memory', unit: 'bytes' }],
      rows: [
        ['api', 1024],
        ['ジョブ', null],
      ],
    });
    expect(labels).toEqual(['job', 'memory', 'api', '1 KiB', 'A2', '–']);
    expect(text).toBe('job | memory\napi | 1 KiB\nジョブ | –');
  });

  it('a state timeline shows a short outage, and says how long each state lasted', () => {
    const states = [
      { start, end: start + hour, state: 'up', severity: 'ok' },
      { start: start + hour / 2, end: start + hour / 2 + 1000, state: 'down', severity: 'critical' },
    ] as const;
    const { svg, text } = draw({ kind: 'state-timeline', span, rows: [{ name: 'web', states }] });
    expect(svg).toMatch(/<rect x="[\d.]+" width="2"[^>]*fill="#bc2641"/);
    expect(text).toBe('1 rows, 26 Nov 2026 00:00 – 01:00 UTC\nA web: up 100 %, down <0.1 %');
  });
});

const hostile = [
  '</text><script>alert(1)</script>',
  '" onload="x" a="',
  '&lt;&#0;&bogus;]]>',
  '<image href="file:///etc/passwd"/>',
  'a\u0000\u001b[2J\u202e\u2028b',
  '\ud800 lone',
  'ジョブ',
  'x'.repeat(100_000),
  '',
];

describe('labels from outside', () => {
  it.each(hostile.map((text) => [text.slice(0, 40), text] as const))(
    '%j stay text, and the picture can be drawn',
    (_, text) => {
      const specs: readonly ChartSpec[] = [
        {
          ...cpu,
          title: text,
          unit: text,
          axis: { label: text },
          series: [{ name: text, points: line([1, 2]) }],
          annotations: [{ at: start + 1, label: text }],
          thresholds: [{ value: 1, severity: 'ok', label: text }],
        },
        { kind: 'stat', title: text, label: text, unit: text, value: 1 },
        { kind: 'bar-list', title: text, unit: text, bars: [{ name: text, value: 1 }] },
        { kind: 'table', title: text, columns: [{ name: text, unit: text }], rows: [[text], [1]] },
        { kind: 'state-timeline', title: text, span, rows: [{ name: text, states: [{ ...span, state: text }] }] },
      ];
      for (const spec of specs) {
        const { svg, text: words } = draw(spec);
        const names = new Set([...svg.matchAll(/<\/?([\w:]+)/g)].map(([, name]) => name));
        expect(['svg', 'rect', 'text', 'line', 'path', 'circle', 'g', 'clipPath']).toEqual(
          expect.arrayContaining([...names]),
        );
        expect(svg).not.toMatch(/[\u0000-\u001f\u202e\u2028]/u);
        expect(svg.replaceAll(/>[^<]*</g, '><')).not.toMatch(/href|onload|&#/);
        expect(svg.length).toBeLessThan(60_000);
        expect(words.length).toBeLessThan(2000);
        // The renderer refuses XML that is not well-formed.
        expect(new Resvg(svg, { font: { loadSystemFonts: false } }).width).toBeGreaterThan(0);
      }
    },
  );
});

it('values at the ends of what a number can be do not keep the axis from ending', () => {
  for (const value of [5e-324, 1e-310, 1e-300, 1.7e308, -1.7e308]) {
    for (const scale of ['linear', 'log'] as const) {
      const { svg } = draw({ ...cpu, axis: { scale }, series: [{ name: 'x', points: line([value, value]) }] });
      expect(svg.replaceAll(/>[^<]*</g, '><')).not.toMatch(/NaN|Infinity/);
    }
  }
});

it('whatever the values, coordinates are numbers, the picture can be drawn, and equal specs give equal pictures', () => {
  const value = fc.oneof(fc.double(), fc.constant(null), fc.integer({ min: -10, max: 1000 }));
  const points = fc.array(fc.tuple(fc.integer({ min: start - hour, max: start + 2 * hour }), value), { maxLength: 60 });
  const chart = fc.record({
    kind: fc.constant('timeseries' as const),
    span: fc.constant(span),
    style: fc.constantFrom('line', 'area', 'bars', 'points'),
    stacked: fc.boolean(),
    unit: fc.constantFrom('none', 'bytes', 's', 'percentunit', 'odd'),
    width: fc.integer({ min: 200, max: 700 }),
    height: fc.integer({ min: 100, max: 500 }),
    theme: fc.constantFrom('light', 'dark'),
    spanNulls: fc.boolean(),
    min: fc.option(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), { nil: undefined }),
    series: fc.array(fc.record({ name: fc.string(), points }), { maxLength: 5 }),
    thresholds: fc.array(fc.record({ value: fc.double(), severity: fc.constantFrom('ok', 'warning', 'critical') }), {
      maxLength: 3,
    }),
  });
  fc.assert(
    fc.property(chart, fc.boolean(), (spec, isLog) => {
      const scale = isLog && !spec.stacked ? 'log' : 'linear';
      const given = { ...spec, axis: { scale, min: spec.min } } as TimeSeriesChart;
      const { svg } = drawChart(given, lettering);
      expect(svg.replaceAll(/>[^<]*</g, '><')).not.toMatch(/NaN|Infinity|undefined|e\+/);
      expect(drawChart(structuredClone(given), lettering).svg).toBe(svg);
      expect(new Resvg(svg, { font: { loadSystemFonts: false } }).width).toBe(spec.width);
    }),
    { numRuns: 150 },
  );
});
