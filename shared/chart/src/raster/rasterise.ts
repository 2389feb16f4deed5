import type { RenderedImage, renderAsync } from '@resvg/resvg-js';
import { NoPicture } from '../no-picture.ts';
import { turnsOf } from './turns.ts';

const limitMs = 5000;
const turns = turnsOf(2);

/**
 * Draws SVG into a PNG with the given fonts alone.
 *
 * @param fontFiles asked when drawing starts, so that the files are there
 * @throws NoPicture when the renderer has no binary for this platform, or takes longer than five seconds; the signal's reason
 */
export async function rasterise(svg: string, fontFiles: () => readonly string[], signal: AbortSignal): Promise<Buffer> {
  const render = await loadRenderer();
  const leave = await turns.take(signal);
  const limit = AbortSignal.timeout(limitMs);
  const drawing = start(render, svg, fontFiles);
  // A turn is over when the renderer is done, also where nobody waits for it any more: it keeps a core until then.
  void drawing.then(leave, leave);
  const image = await orAborted(drawing, signal, limit);
  return image.asPng();
}

async function start(
  render: typeof renderAsync,
  svg: string,
  fontFiles: () => readonly string[],
): Promise<RenderedImage> {
  const font = { loadSystemFonts: false, fontFiles: [...fontFiles()], defaultFontFamily: 'DejaVu Sans' };
  return render(svg, { font, logLevel: 'off' }, null);
}

async function orAborted<Value>(work: Promise<Value>, signal: AbortSignal, limit: AbortSignal): Promise<Value> {
  const stop = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const options = { once: true, signal: stop.signal };
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors
    signal.addEventListener('abort', () => reject(signal.reason), options);
    limit.addEventListener(
      'abort',
      () => reject(new NoPicture(`drawing took longer than ${limitMs / 1000} s`)),
      options,
    );
  });
  try {
    signal.throwIfAborted();
    return await Promise.race([work, aborted]);
  } finally {
    stop.abort();
  }
}

let renderer: Promise<typeof renderAsync> | undefined;

function loadRenderer(): Promise<typeof renderAsync> {
  renderer ??= import('@resvg/resvg-js').then(
    (module) => module.renderAsync,
    (error: unknown) => {
      throw new NoPicture(`the picture renderer has no binary for ${process.platform} ${process.arch}`, {
        cause: error,
      });
    },
  );
  return renderer;
}
