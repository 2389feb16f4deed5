import { NoPicture } from './no-picture.ts';
import type { ChartSpec } from './spec.ts';

export interface RenderOptions {
  readonly signal: AbortSignal;
  /** A TrueType or OpenType file for what the own font lacks (Japanese). */
  readonly fontFile?: string | undefined;
}

export interface RenderedChart {
  /** PNG bytes; undefined when no picture could be made, and the text then says why. */
  readonly png: Buffer | undefined;
  readonly width: number;
  readonly height: number;
  /**
   * The same figures in words, with the letters of series whose names could not be drawn. Names in it come from outside:
   * fence it like any text of the backend.
   */
  readonly text: string;
  /** Why there is no picture, or names or a font are missing from it: words of ours alone, also the end of the text. */
  readonly notes: readonly string[];
}

/**
 * Draws a chart. Equal specs give equal bytes. Two are drawn at a time, the others wait; each has five seconds.
 *
 * @throws RangeError when a size, span, zone or axis of the spec is none; the signal's reason
 */
export async function renderChart(spec: ChartSpec, { signal, fontFile }: RenderOptions): Promise<RenderedChart> {
  // Nothing of this is loaded before the first chart: most runs of a server draw none.
  const [{ drawChart }, { letteringOf }, fonts] = await Promise.all([
    import('./kinds/draw-chart.ts'),
    import('./text/lettering.ts'),
    import('./font/chart-fonts.ts').then(({ chartFonts }) => chartFonts(fontFile)),
  ]);
  const { svg, text, width, height, notes: drawn } = drawChart(spec, letteringOf(fonts.metrics));
  const { rasterise } = await import('./raster/rasterise.ts');
  const withNotes = (png: Buffer | undefined, notes: readonly string[]): RenderedChart => ({
    png,
    width,
    height,
    text: [text, ...notes].join('\n'),
    notes,
  });
  try {
    return withNotes(await rasterise(svg, fonts.extraFiles, signal), [...drawn, ...fonts.notes]);
  } catch (error) {
    if (!(error instanceof NoPicture)) throw error;
    return withNotes(undefined, [`No picture: ${error.message}.`]);
  }
}
