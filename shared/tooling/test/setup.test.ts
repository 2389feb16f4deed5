import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const setup = new URL('../setup.mjs', import.meta.url).href;

describe('setting up a clone', () => {
  it('names the Node that is needed when this one is too old, before it touches anything', () => {
    const script = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.8' } });
      await import(${JSON.stringify(setup)})`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^setup +\d+\.\d s  Node 18\.20\.8 is too old: 20\.19 or newer is needed .*\n$/);
  });
});
