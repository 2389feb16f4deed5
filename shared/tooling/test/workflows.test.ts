import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { read, root } from '../src/repository.ts';
import { runToSuccess } from '../src/run-program.ts';

const workflows = readdirSync(join(root, '.github/workflows'));

describe.each(workflows)('the workflow %s', (file) => {
  const text = read(`.github/workflows/${file}`);

  it('takes every action by its commit, naming the version beside it', () => {
    const used = [...text.matchAll(/uses: (.+)$/gm)].map(([, action]) => action);
    expect(used.length).toBeGreaterThan(0);
    for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('holds no stored secret, says what its token may do, and ends every job in time', () => {
    expect(text).not.toMatch(/secrets\./);
    expect(text).toMatch(/^permissions:/m);
    const jobs = text.split(/^jobs:$/m)[1] ?? '';
    const count = (pattern: RegExp) => [...jobs.matchAll(pattern)].length;
    expect(count(/^ {4}timeout-minutes: \d+$/gm)).toBe(count(/^ {4}runs-on: /gm));
  });
});

/** The shell lines of a step, by how its name begins. */
function linesOf(workflow: string, step: string): string {
  const [, lines] = new RegExp(`- name: ${step}[^\\n]*\\n {8}run: \\|\\n((?: {10}.*\\n)+)`).exec(workflow) ?? [];
  if (lines === undefined) throw new Error(`no step "${step}"`);
  return lines;
}

describe('what the release publishes', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cinecom-release-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const tarball = async (name: string) => {
    const source = join(folder, 'source', name);
    await mkdir(join(source, 'package'), { recursive: true });
    await mkdir(join(folder, 'artifacts'), { recursive: true });
    await writeFile(
      join(source, 'package/package.json'),
      JSON.stringify({ name: `@cinecom/${name}`, version: '1.0.0' }),
    );
    const path = join(folder, `artifacts/cinecom-${name}-1.0.0.tgz`);
    await runToSuccess('tar', ['-czf', path, '-C', source, 'package']);
  };

  /** A stand-in that notes how it was called, and knows only of `published`. */
  const program = async (name: string, published: string) => {
    const path = join(folder, 'bin', name);
    await mkdir(join(folder, 'bin'), { recursive: true });
    const answer = `case "$*" in *view*${published}*) echo 1.0.0 ;; *view*) exit 1 ;; *) echo "${name} $*" >> log ;; esac`;
    await writeFile(path, `#!/bin/sh\n${answer}\n`);
    await chmod(path, 0o755);
  };

  it('is each package that is not out yet, and a release with all files of that package', async () => {
    await tarball('mcp-new');
    await writeFile(join(folder, 'artifacts/cinecom-mcp-new-1.0.0.mcpb'), '');
    await writeFile(join(folder, 'artifacts/cinecom-mcp-new-1.0.0.cdx.json'), '');
    await tarball('out');
    await program('npm', '@cinecom/out@1.0.0');
    await program('gh', '@cinecom/out@1.0.0');
    await runToSuccess('bash', ['-e', '-c', linesOf(read('.github/workflows/release.yml'), 'publish')], {
      cwd: folder,
      env: { PATH: [join(folder, 'bin'), process.env['PATH']].join(delimiter), GITHUB_SHA: 'commit' },
    });
    const files = ['cdx.json', 'mcpb', 'tgz'].map((ending) => `artifacts/cinecom-mcp-new-1.0.0.${ending}`);
    const release = 'gh release create @cinecom/mcp-new@1.0.0 --target commit --title @cinecom/mcp-new 1.0.0';
    expect((await readFile(join(folder, 'log'), 'utf8')).trimEnd().split('\n')).toEqual([
      'npm publish artifacts/cinecom-mcp-new-1.0.0.tgz --provenance --access public',
      `${release} --generate-notes ${files.join(' ')}`,
    ]);
  });
});
