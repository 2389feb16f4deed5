import type { RenderedImage } from '@resvg/resvg-js';
import { describe, expect, it } from 'vitest';
import { NoPicture } from '../no-picture.ts';
import { rasterise, rasteriserOf } from './rasterise.ts';

const never = new AbortController().signal;
const noFonts = () => [];

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
    const stop = new AbortController();
    const second = slow('second', noFonts, stop.signal);
    await Promise.resolve();
    expect(started).toEqual(['first']);
    ends[0]?.({} as RenderedImage);
    await expect(second).rejects.toThrow('drawing took longer than 0.001 s');
    expect(started).toEqual(['first', 'second']);
  });

  it('ends with the signal while it draws', async () => {
    const stop = new AbortController();
    const endless = rasteriserOf(() => Promise.resolve(() => new Promise(() => {})), 1, 60_000);
    const drawing = endless('', noFonts, stop.signal);
    stop.abort(new Error('the caller left'));
    await expect(drawing).rejects.toThrow('the caller left');
  });

  it('says that the renderer failed, and draws the next one', async () => {
    await expect(rasterise('<svg', noFonts, never)).rejects.toThrow('the picture renderer failed');
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"/>';
    expect((await rasterise(svg, noFonts, never)).subarray(1, 4).toString()).toBe('PNG');
  });
});
