import type { RenderedImage, renderAsync } from '@resvg/resvg-js';
import { withOwnFont } from '../font/font-file.ts';
import { NoPicture } from '../no-picture.ts';
import { turnsOf } from './turns.ts';

type Render = typeof renderAsync;

/**
 * Draws SVG into a PNG with the own font and the given ones alone.
 *
 * @throws NoPicture when the renderer has no binary for this platform, fails, or takes too long; the signal's reason
 */
type Rasterise = (svg: string, extraFonts: readonly string[], signal: AbortSignal) => Promise<Buffer>;

/** @param limitMs for drawing, once it has begun */
export function rasteriserOf(load: () => Promise<Render>, most: number, limitMs: number): Rasterise {
  const turns = turnsOf(most);
  let render: Promise<Render> | undefined;
  return async (svg, extraFonts, signal) => {
    render ??= load();
    const loaded = await render;
    const leave = await turns.take(signal);
    const limit = AbortSignal.timeout(limitMs);
    const drawing = draw(loaded, svg, extraFonts);
    // A turn is over when the renderer is done, also where nobody waits for it any more: it keeps a core until then.
    void drawing.then(leave, leave);
    const image = await orAborted(drawing, signal, limit, `drawing took longer than ${limitMs / 1000} s`);
    return image.asPng();
  };
}

export const rasterise = rasteriserOf(loadRenderer, 2, 5000);

async function draw(render: Render, svg: string, extraFonts: readonly string[]): Promise<RenderedImage> {
  return withOwnFont(async (ownFont) => {
    const font = { loadSystemFonts: false, fontFiles: [ownFont, ...extraFonts], defaultFontFamily: 'DejaVu Sans' };
    try {
      return await render(svg, { font, logLevel: 'off' }, null);
    } catch (error) {
      throw new NoPicture('the picture renderer failed', { cause: error });
    }
  });
}

async function orAborted<Value>(
  work: Promise<Value>,
  signal: AbortSignal,
  limit: AbortSignal,
  tooLong: string,
): Promise<Value> {
  const stop = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const options = { once: true, signal: stop.signal };
    signal.addEventListener('abort', () => reject(signal.reason as Error), options);
    limit.addEventListener('abort', () => reject(new NoPicture(tooLong)), options);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    stop.abort();
  }
}

async function loadRenderer(): Promise<Render> {
  try {
    return (await import('@resvg/resvg-js')).renderAsync;
  } catch (error) {
    const platform = `${process.platform} ${process.arch}`;
    throw new NoPicture(`the picture renderer has no binary for ${platform}`, { cause: error });
  }
}
