import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { describeSettings } from '@cinecom/mcp-core';
import { spawnServer, tempState } from '@cinecom/mcp-core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageFacts } from '../src/docs/package-facts.ts';
import { type Installed, installPacked } from '../src/pack/install-packed.ts';
import { publishedFolders, read } from '../src/repository.ts';
import { type ProgramRun, runProgram } from '../src/run-program.ts';
import { servers } from '../src/servers.ts';
import { startOverHttp } from './support/start-over-http.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
}

interface Component {
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly licenses: readonly { readonly expression?: string; readonly license?: { readonly id: string } }[];
  /** Of what comes from a registry. */
  readonly hashes?: readonly unknown[];
  /** Of what is inside the bundle. */
  readonly properties?: unknown;
}

function fullName({ group, name }: Component): string {
  return group === undefined ? name : `${group}/${name}`;
}

function licenceOf({ licenses: [only] }: Component): string {
  return only?.expression ?? only?.license?.id ?? 'none';
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !path.startsWith('node_modules/'))
    .toSorted();
}

async function manifestOf(installed: Installed): Promise<Manifest> {
  return JSON.parse(await readFile(join(installed.packageFolder, 'package.json'), 'utf8')) as Manifest;
}

describe.each(Object.keys(servers))('%s, installed from its tarball', (name) => {
  const facts = packageFacts(name);
  let installed: Installed;

  beforeAll(async () => {
    installed = await installPacked(facts.folder);
  });
  afterAll(() => installed[Symbol.asyncDispose]());

  /** A command that is installed here, as `npx` finds it. */
  const run = async (command: string, ...argv: string[]): Promise<ProgramRun> => {
    await using state = await tempState();
    const env = { PATH: process.env['PATH'], HOME: state.dir, npm_config_update_notifier: 'false', ...state.env };
    return runProgram('npx', ['--no-install', command, ...argv], { cwd: installed.folder, env });
  };

  it('holds what a user needs and nothing else', async () => {
    const files = await filesBelow(installed.packageFolder);
    const code = files.filter((path) => /^dist\/[\w-]+\.js$/.test(path));
    const caches = files.filter((path) => /^dist\/cli-code\.[0-9a-f]{16}\.[\w.-]+\.cache$/.test(path));
    expect(code).toEqual(expect.arrayContaining(['dist/cli-code.js', 'dist/cli.js']));
    expect(caches.length).toBeGreaterThan(0);
    expect(files.filter((path) => !code.includes(path) && !caches.includes(path))).toEqual([
      'LICENSE',
      'README.md',
      'dist/LICENSES.txt',
      'dist/package.json',
      'dist/sbom.cdx.json',
      'package.json',
      'server.json',
    ]);
  });

  it('names real versions, and runs no script when it is installed, nor does anything below it', async () => {
    const { version, scripts = {}, dependencies = {} } = await manifestOf(installed);
    expect(version).toBe(facts.version);
    expect(Object.keys(scripts).filter((script) => /install|prepare/.test(script))).toEqual([]);
    for (const range of Object.values(dependencies)) expect(range).toMatch(/^[\^~]?\d+\.\d+\.\d+/);
    const record = await readFile(join(installed.folder, 'node_modules/.package-lock.json'), 'utf8');
    expect(record).not.toContain('"hasInstallScript"');
  });

  it('tells its version, its tools and what to set, by either of its names', async () => {
    for (const binary of facts.binaries) {
      expect(await run(binary, '--version')).toEqual({ exitCode: 0, stdout: `${facts.version}\n`, stderr: '' });
    }
    const tools = await run(facts.name, 'tools');
    expect(tools.exitCode).toBe(0);
    for (const tool of await (await servers[name]!()).tools()) expect(tools.stdout).toContain(tool.name);
    const check = await run(facts.name, 'check');
    const required = describeSettings((await servers[name]!()).settings).filter((row) => row.required);
    // 2: something has to be set; 5: nothing has, and the backend of this machine is not there
    expect(check.exitCode).toBe(required.length > 0 ? 2 : 5);
    for (const row of required) expect(check.stdout).toContain(row.env);
  });

  const ways = [facts.name, ...facts.binaries].flatMap((command) =>
    (['modern', 'legacy'] as const).map((era) => ({ command, era })),
  );
  it.each(ways)('lists its tools by `npx $command` in the $era era', async ({ command, era }) => {
    await using state = await tempState();
    await using server = await spawnServer({
      command: 'npx',
      args: ['--no-install', command],
      env: { HOME: state.dir, ...state.env },
      cwd: installed.folder,
      era,
    });
    const { tools } = await server.client.listTools();
    expect(tools.length).toBeGreaterThan(0);
  });

  it('writes no file but its state, and needs no @sentry/node to start with a DSN', async () => {
    await using home = await tempState();
    await using state = await tempState();
    const before = await filesBelow(installed.folder);
    const dsn = ['https:', '', 'key@faults.invalid', '1'].join('/');
    {
      await using server = await spawnServer({
        command: process.execPath,
        args: [installed.bin],
        env: { HOME: home.dir, SENTRY_DSN: dsn, ...state.env },
        cwd: installed.folder,
        era: 'modern',
      });
      const { tools } = await server.client.listTools();
      await server.client.callTool({ name: tools[0]!.name, arguments: {} });
    }
    expect(await readdir(home.dir)).toEqual([]);
    expect(await readdir(state.dir)).toEqual([name]);
    expect(await filesBelow(installed.folder)).toEqual(before);
  });

  it('finds the libraries that it keeps in files of their own: over HTTP, with a settings file in YAML', async () => {
    await using state = await tempState();
    const settings = join(state.dir, 'settings.yaml');
    await writeFile(settings, 'allow: write\n');
    const { url, child } = await startOverHttp(installed.bin, { ...state.env }, '--settings', settings);
    const exited = once(child, 'exit');
    try {
      const metrics = await fetch(new URL('/metrics', url));
      expect(await metrics.text()).toContain(`cinecom_mcp_build_info{server="${name}"`);
    } finally {
      child.kill('SIGTERM');
    }
    expect(await exited).toEqual([0, null]);
    const apart = (await readdir(join(installed.packageFolder, 'dist'))).filter(
      (file) => file.endsWith('.js') && !file.startsWith('cli'),
    );
    const script = apart.map((file) => `require('./${file}')`).join(';');
    const options = { cwd: join(installed.packageFolder, 'dist') };
    expect(await runProgram(process.execPath, ['-e', script], options)).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('lists its components in valid CycloneDX 1.6: what is in the bundle, and all that npm installed', async () => {
    const dist = join(installed.packageFolder, 'dist');
    const text = await readFile(join(dist, 'sbom.cdx.json'), 'utf8');
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull();
    const { components } = JSON.parse(text) as { components: readonly Component[] };
    const licences = await readFile(join(dist, 'LICENSES.txt'), 'utf8');
    const inside = [...licences.matchAll(/^(\S+@\d\S*) \((.+)\)$/gm)].map(([, id, licence]) => `${id} ${licence}`);
    const bundled = components.filter(({ properties, hashes }) => properties !== undefined && hashes !== undefined);
    expect(bundled.map((each) => `${fullName(each)}@${each.version} ${licenceOf(each)}`)).toEqual(inside);

    const lock = JSON.parse(await readFile(join(installed.folder, 'node_modules/.package-lock.json'), 'utf8')) as {
      packages: Record<string, unknown>;
    };
    const beside = Object.keys(lock.packages).map((path) => path.replace(/^.*node_modules\//, ''));
    const others = components.filter(({ properties }) => properties === undefined);
    // one that is in the bundle may be installed too, in the same version, for somebody else: it stands in the list once
    const listed = new Set([facts.name, ...others.map(fullName)]);
    const also = new Set(bundled.map(fullName));
    expect(listed).toEqual(new Set(beside.filter((name) => listed.has(name) || !also.has(name))));
    for (const each of others) expect(each.hashes).toHaveLength(1);
  });
});

describe.each(publishedFolders().filter((folder) => folder.startsWith('shared/')))(
  '%s, installed from its tarball',
  (folder) => {
    it('can be imported by every name that it exports, and its commands start', async () => {
      await using installed = await installPacked(folder);
      const { name, exports } = await manifestOf(installed);
      const options = { cwd: installed.folder };
      for (const path of Object.keys(exports).filter((each) => each !== './cli')) {
        const script = `await import(${JSON.stringify(name + path.slice(1))})`;
        const { exitCode, stderr } = await runProgram(process.execPath, ['--input-type=module', '-e', script], options);
        expect([path, exitCode, stderr]).toEqual([path, 0, '']);
      }
      const { bin = {} } = JSON.parse(read(`${folder}/package.json`)) as { bin?: Record<string, string> };
      for (const command of Object.keys(bin)) {
        expect(await runProgram('npx', ['--no-install', command, '--help'], options)).toMatchObject({ exitCode: 0 });
      }
    });
  },
);
