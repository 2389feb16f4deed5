import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { server as source } from '@cinecom/example-light-switch';
import { toolDefinition } from '@cinecom/mcp-core';
import { spawnServer, tempState, textOf } from '@cinecom/mcp-core/testing';
import type { Bundled } from '../src/bundle-server.mjs';
import { type PackageToBundle, packageToBundle, toolsEvaluated } from './package-to-bundle.ts';

/** Files that are the same from the same sources. */
const libraries = ['croner.js', 'jose.js', 'prom-client.js', 'yaml.js'];
const main = ['cli-code.js', 'cli-code.js.map', 'cli.js'];
const reproducible = [...main, ...libraries, 'LICENSES.txt', 'package.json', 'sbom.cdx.json'];

let made: PackageToBundle;
let bundled: Bundled;

beforeAll(async () => {
  made = await packageToBundle();
  bundled = await made.bundle();
});

afterAll(() => made[Symbol.asyncDispose]());

describe('a bundled server', () => {
  it.each(['modern', 'legacy'] as const)(
    'lists in the %s era what its sources compute, without evaluating a tool',
    async (era) => {
      await using state = await tempState();
      const env = { ...state.env, MCP_ALLOW: 'destructive' };
      await using server = await spawnServer({ command: made.cli, env, era });
      const { tools } = await server.client.listTools();
      const computed = (await source.tools()).map((tool) => toolDefinition(tool));
      expect(tools).toEqual(computed.toSorted((left, right) => (left.name < right.name ? -1 : 1)));
      expect(server.stderr()).not.toContain(toolsEvaluated);
    },
  );

  it('answers a call', async () => {
    await using state = await tempState();
    await using server = await spawnServer({ command: made.cli, env: state.env, era: 'modern' });
    const answer = await server.client.callTool({ name: 'light_status', arguments: {} });
    expect(textOf(answer)).toContain('hall');
    expect(server.stderr()).toContain(toolsEvaluated);
  });

  it('runs through a link, from any folder', async () => {
    const link = join(made.folder, 'light-switch-mcp');
    await symlink(made.cli, link);
    const child = spawn(link, ['--version'], { cwd: '/', stdio: ['ignore', 'pipe', 'inherit'] });
    expect(await text(child.stdout)).toBe('0.1.0\n');
  });

  it('runs the same without a code cache, with a torn one, and with one that is none', async () => {
    const cache = join(bundled.dist, bundled.cache);
    const whole = await readFile(cache);
    const version = async () => {
      const child = spawn(made.cli, ['--version'], { stdio: ['ignore', 'pipe', 'pipe'] });
      return [await text(child.stdout), await text(child.stderr)];
    };
    try {
      await truncate(cache, 1000);
      expect(await version()).toEqual(['0.1.0\n', '']);
      await writeFile(cache, 'no cache');
      expect(await version()).toEqual(['0.1.0\n', '']);
      await rm(cache);
      expect(await version()).toEqual(['0.1.0\n', '']);
    } finally {
      await writeFile(cache, whole);
    }
  });

  it('ends with code 1 on an uncaught exception, its stack naming functions', async () => {
    await using state = await tempState();
    const fault = join(made.folder, 'fault.cjs');
    // Any function of the bundle that another one calls with what the fault hands in will do.
    await writeFile(
      fault,
      `const { stdin } = process;
stdin.on('newListener', (event, listener) => {
  if (event === 'data') setImmediate(() => listener({ indexOf: () => { throw new Error('planted'); } }));
});`,
    );
    const child = spawn(process.execPath, ['-r', fault, made.cli], {
      env: state.env,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect(stderr).toMatch(/planted[^]*at \w*\.?receive .*cli-code\.js/);
    expect(code).toBe(1);
  });

  it('ends with code 0 when its reader has gone', async () => {
    await using state = await tempState();
    const child = spawn(made.cli, { env: state.env, stdio: ['pipe', 'pipe', 'ignore'] });
    const exited = once(child, 'exit');
    child.stdout.destroy();
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' })}\n`);
    expect(await exited).toEqual([0, null]);
  });
});

describe('the published files', () => {
  it('are these, the command executable', async () => {
    expect((await readdir(bundled.dist)).toSorted()).toEqual([...reproducible, bundled.cache].toSorted());
    await access(made.cli, constants.X_OK);
    expect(await readFile(made.cli, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('carry the licence of every package inside, and no validator', async () => {
    const licences = await readFile(join(bundled.dist, 'LICENSES.txt'), 'utf8');
    const names = bundled.packages.map((name) => name.replace(/@[\d.]+$/, ''));
    expect(names).toEqual(
      expect.arrayContaining(['@modelcontextprotocol/server', 'jose', 'prom-client', 'yaml', 'zod']),
    );
    expect(names.filter((name) => name.startsWith('@sentry/'))).toEqual([]);
    for (const name of bundled.packages) expect(licences).toContain(`${name} (`);
    expect(licences).toContain('Permission is hereby granted');
    expect(await readFile(join(bundled.dist, 'cli-code.js'), 'utf8')).not.toContain('json-schema-draft-07');
  });

  it('are the same from the same sources, but for the code cache', async () => {
    const read = async () => Promise.all(reproducible.map((name) => readFile(join(bundled.dist, name), 'utf8')));
    const before = await read();
    await made.bundle();
    expect(await read()).toEqual(before);
  });
});

describe('bundling refuses', () => {
  it('what only tests use', async () => {
    await using other = await packageToBundle();
    await mkdir(join(other.folder, 'test'));
    await writeFile(join(other.folder, 'test/fixture.ts'), "export const planted = ['a fixture'];\n");
    await other.append(
      'lamp.ts',
      "import { planted } from '../test/fixture.ts';\nprocess.stderr.write(planted.join());",
    );
    await expect(other.bundle()).rejects.toThrow(/must not be in a published bundle:\ntest\/fixture\.ts/);
  });

  it('a server that does not start, telling why', async () => {
    await using other = await packageToBundle();
    await other.append('cli.ts', "throw new Error('planted fault');");
    await expect(other.bundle()).rejects.toThrow(/did not answer server\/discover[^]*planted fault/);
  });
});
