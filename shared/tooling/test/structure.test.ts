import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from '../src/docs/package-facts.ts';
import { importsOf } from '../src/imports.ts';
import { isTest, publishedFolders, read, root, serverNames, sources, workspaceFolders } from '../src/repository.ts';

const everySource = workspaceFolders().flatMap(sources);
const productSource = everySource.filter((path) => !isTest(path));

/** Paths of `list` that break a rule, with what breaks it, so that a red test names the place. */
function breaking(list: readonly string[], rule: (source: string, path: string) => string | undefined): string[] {
  return list.flatMap((path) => {
    const broken = rule(read(path), path);
    return broken === undefined ? [] : [`${path}: ${broken}`];
  });
}

describe('every source file', () => {
  it('stays within 250 lines', () => {
    expect(
      breaking(productSource, (source) => {
        const lines = source.split('\n').length - 1;
        return lines > 250 ? `${lines} lines` : undefined;
      }),
    ).toEqual([]);
  });

  it('takes zod as a namespace, since the named import pulls every locale into the bundle', () => {
    expect(
      breaking(everySource, (source) =>
        /import\s+(type\s+)?\{[^}]*\bz\b[^}]*\}\s+from\s+'zod'/.test(source) ? 'import { z }' : undefined,
      ),
    ).toEqual([]);
  });

  it('starts no shell', () => {
    expect(
      breaking(
        productSource,
        (source) => /shell:\s*true|\bexecSync\(|from 'node:child_process'.*\bexec\b/.exec(source)?.[0],
      ),
    ).toEqual([]);
  });

  it('has no default export, skipped test or unfinished mark', () => {
    expect(
      breaking(everySource, (source, path) =>
        path.startsWith('shared/tooling/')
          ? undefined
          : /^export default|\b(it|test|describe)\.(skip|only|todo)\(|\bTODO\b|\bFIXME\b/m.exec(source)?.[0],
      ),
    ).toEqual([]);
  });
});

describe('imports point one way', () => {
  const of = (prefix: RegExp) => productSource.filter((path) => prefix.test(path));

  it('keeps the MCP SDK inside the core and the runbook runner', () => {
    const elsewhere = everySource.filter((path) => !/^shared\/(core|runbook|tooling)\//.test(path));
    expect(breaking(elsewhere, (source) => find(source, (name) => name.startsWith('@modelcontextprotocol/')))).toEqual(
      [],
    );
  });

  it('keeps the runbook runner a client of any server', () => {
    const isOurs = (name: string): boolean => name.startsWith('@cinecom/') || name === '@modelcontextprotocol/server';
    expect(breaking(of(/^shared\/runbook\/src\//), (source) => find(source, isOurs))).toEqual([]);
  });

  it('keeps servers apart from each other', () => {
    expect(
      breaking(of(/^packages\//), (source) => find(source, (name) => /^@cinecom\/mcp-(?!core)/.test(name))),
    ).toEqual([]);
  });

  it('keeps analysis free of I/O', () => {
    expect(
      breaking(of(/^packages\/[^/]+\/src\/analysis\//), (source) =>
        find(
          source,
          (name) =>
            name.startsWith('node:') || name.includes('/backend') || ['pg', 'ioredis', 'dockerode'].includes(name),
        ),
      ),
    ).toEqual([]);
  });

  it('lets tools use only their own tool.ts, analysis, helpers beside them, the core, pure libraries and zod', () => {
    expect(
      breaking(of(/^packages\/[^/]+\/src\/tools\//), (source) =>
        importsOf(source).values.find(
          (name) =>
            name.startsWith('node:') ||
            !/^(\.\/|\.\.\/(tool|analysis\/|render\/|text)|@cinecom\/(mcp-core|promql)$|zod$)/.test(name),
        ),
      ),
    ).toEqual([]);
  });

  it('keeps libraries and the test bed free of the core', () => {
    expect(
      breaking(of(/^shared\/(chart|pg-guard|promql|testbed)\//), (source) =>
        find(source, (name) => name === '@cinecom/mcp-core'),
      ),
    ).toEqual([]);
  });
});

describe.each(publishedFolders())('published package %s', (folder) => {
  it('is published with provenance, from the repository that it names', () => {
    expect(JSON.parse(read(`${folder}/package.json`))).toMatchObject({
      repository: { type: 'git', url: `git+${repository}.git`, directory: folder },
      publishConfig: { access: 'public', provenance: true },
    });
  });
});

describe.each(serverNames())('package %s', (name) => {
  const folder = `packages/${name}`;

  it.each([
    'package.json',
    'README.md',
    'server.json',
    'manifest.json',
    'tsconfig.json',
    'vitest.config.ts',
    'build.mjs',
    'src/cli.ts',
    'src/server.ts',
    'src/settings.ts',
    'src/tool.ts',
    'src/tools/index.ts',
    'src/analysis',
    'test/definitions',
    'test/stdio.test.ts',
  ])('has %s', (path) => {
    expect(existsSync(join(root, folder, path))).toBe(true);
  });

  it('has a backend port', () => {
    expect(['src/backend.ts', 'src/backend'].some((path) => existsSync(join(root, folder, path)))).toBe(true);
  });

  it('keeps cli.ts to ten lines', () => {
    expect(read(`${folder}/src/cli.ts`).trimEnd().split('\n').length).toBeLessThanOrEqual(10);
  });

  it('keeps tool files free of what the pipeline owns', () => {
    const tools = sources(folder).filter((path) => path.includes('/src/tools/') && !isTest(path));
    expect(breaking(tools, (source) => /\btry\s*\{|\bconsole\.|process\.env|\bDate\.now\(/.exec(source)?.[0])).toEqual(
      [],
    );
  });

  it('points both binary names at one file, so that npx can choose', () => {
    const { bin } = JSON.parse(read(`${folder}/package.json`)) as { bin: Record<string, string> };
    expect(new Set(Object.values(bin)).size).toBe(1);
    expect(Object.keys(bin)).toContain(name);
  });

  it('has a README that a user can start from', () => {
    const headings = [...read(`${folder}/README.md`).matchAll(/^## (.+)$/gm)].map((match) => match[1]);
    expect(headings).toEqual(
      expect.arrayContaining([
        'Install',
        'A session',
        'Settings',
        'Tools',
        'Safety',
        'Least privilege',
        'Troubleshooting',
      ]),
    );
  });
});

function find(source: string, test: (specifier: string) => boolean): string | undefined {
  const { values, types } = importsOf(source);
  return [...values, ...types].find(test);
}
