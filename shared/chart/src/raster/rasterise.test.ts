import type { RenderedImage } from '@resvg/resvg-js';
import { describe, expect, it, vi } from 'vitest';
import { NoPicture } from '../no-picture.ts';
import { rasterise, rasteriserOf } from './rasterise.ts';

const never = new AbortController().signal;
const noFonts: readonly string[] = [];

describe('rasterising', () => {
  it('gives up a drawing that takes too long, which keeps its turn until it ends', async () => {
    const ends: ((image: RenderedImage) => void)[] = [];
    const started: string[] = [];
    const render = (svg: unknown): Promise<RenderedImage> => {
      started.push(String(svg));
      return new Promise((resolve) => ends.push(resolve));
    };
    const slow = rasteriserOf(() => Promise.resolve(render), 1, 1);
    await expect(slow('first', noFonts, never)).rejects.toThrow(NoPicture);
    await vi.waitFor(() => expect(started).toEqual(['first']));
    const second = slow('second', noFonts, never);
    await Promise.resolve();
    expect(started).toEqual(['first']);
    ends[0]?.({} as RenderedImage);
    await expect(second).rejects.toThrow('drawing took longer than 0.001 s');
    await vi.waitFor(() => expect(started).toEqual(['first', 'second']));
    ends[1]?.({} as RenderedImage);
  });

  it('ends with the signal while it draws', async () => {
    const stop = new AbortController();
    let end: ((image: RenderedImage) => void) | undefined;
    const render = (): Promise<RenderedImage> => new Promise((resolve) => (end = resolve));
    const endless = rasteriserOf(() => Promise.resolve(render), 1, 60_000);
    const drawing = endless('', noFonts, stop.signal);
    await vi.waitFor(() => expect(end).toBeDefined());
    stop.abort(new Error('the caller left'));
    await expect(drawing).rejects.toThrow('the caller left');
    end?.({} as RenderedImage);
  });

  it('says that the renderer failed, and draws the next one', async () => {
    await expect(rasterise('<svg', noFonts, never)).rejects.toThrow('the picture renderer failed');
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"/>';
    expect((await rasterise(svg, noFonts, never)).subarray(1, 4).toString()).toBe('PNG');
  });
});
