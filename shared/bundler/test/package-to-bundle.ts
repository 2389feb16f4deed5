import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleServer, type Bundled } from '../src/bundle-server.mjs';

const lightSwitch = join(import.meta.dirname, '../../../examples/light-switch');

/** Written to stderr by the tools of the package when they are evaluated. */
export const toolsEvaluated = 'the tools are evaluated';

export interface PackageToBundle extends AsyncDisposable {
  readonly folder: string;
  readonly cli: string;
  bundle(): Promise<Bundled>;
  /** Adds lines to the end of one of its sources. */
  append(source: string, lines: string): Promise<void>;
}

/** The light switch as a server package of its own, in a temporary folder. */
export async function packageToBundle(): Promise<PackageToBundle> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'cinecom-bundler-')));
  await cp(join(lightSwitch, 'src'), join(folder, 'src'), { recursive: true });
  await symlink(join(lightSwitch, 'node_modules'), join(folder, 'node_modules'));
  const manifest = { name: 'mcp-light-switch', version: '0.1.0', license: 'MIT', type: 'module' };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(
    join(folder, 'src/cli.ts'),
    "#!/usr/bin/env node\nimport { run } from '@cinecom/mcp-core';\nimport { server } from './server.ts';\n\nvoid run(server);\n",
  );
  const append = async (source: string, lines: string): Promise<void> => {
    const path = join(folder, 'src', source);
    await writeFile(path, `${await readFile(path, 'utf8')}\n${lines}\n`);
  };
  await append('tools.ts', `process.stderr.write('${toolsEvaluated}\\n');`);
  return {
    folder,
    cli: join(folder, 'dist/cli.js'),
    bundle: () => bundleServer({ folder }),
    append,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
