import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { BackendUnavailable } from '../unavailable.ts';
import { embeddedInstallation } from './embedded.ts';
import type { PostgresOptions } from './types.ts';

/** A set of server programs on this machine. */
export interface Installation {
  readonly source: 'debian' | 'embedded';
  readonly major: number;
  readonly version: string;
  readonly binDir: string;
  /** Folder of loadable modules. */
  readonly libraryDir: string;
}

const debianRoot = '/usr/lib/postgresql';

/** `15.14` of `postgres (PostgreSQL) 15.14 (Debian …)`. */
function versionOf(binDir: string): string {
  const text = execFileSync(join(binDir, 'postgres'), ['--version'], { encoding: 'utf8' });
  return /\(PostgreSQL\) (\S+)/.exec(text)?.[1] ?? '0';
}

function libraryDirOf(binDir: string): string {
  const config = join(binDir, 'pg_config');
  const answered = existsSync(config) ? execFileSync(config, ['--pkglibdir'], { encoding: 'utf8' }).trim() : '';
  return [answered, join(binDir, '..', 'lib')].find((folder) => folder !== '' && existsSync(folder)) ?? '';
}

function installed(binDir: string): Installation {
  const version = versionOf(binDir);
  const libraryDir = libraryDirOf(binDir);
  return { source: 'debian', major: Number.parseInt(version, 10), version, binDir, libraryDir };
}

/** What the system has: `postgres` on PATH, then Debian's folders, the newest first. */
function systemInstallations(): Installation[] {
  const onPath = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const debian = existsSync(debianRoot)
    ? readdirSync(debianRoot)
        .toSorted((left, right) => Number(right) - Number(left))
        .map((major) => join(debianRoot, major, 'bin'))
    : [];
  const programs = [...onPath, ...debian].map((folder) => join(folder, 'postgres')).filter((path) => existsSync(path));
  // a link on PATH would hide the modules, which lie beside the real program
  return [...new Set(programs.map((path) => dirname(realpathSync(path))))].map(installed);
}

/**
 * Programs for the options' major and source.
 * @throws BackendUnavailable saying what to install
 */
export function findInstallation({
  major,
  prefer,
}: { readonly major?: number | undefined } & Pick<PostgresOptions, 'prefer'>): Installation {
  if (prefer !== 'embedded') {
    const system = systemInstallations();
    const fitting = system.find((one) => (major === undefined ? one.major >= 13 : one.major === major));
    if (fitting) return fitting;
    if (prefer === 'debian') {
      const has = system.map((one) => one.version).join(', ') || 'none';
      throw new BackendUnavailable(
        `no system PostgreSQL${major === undefined ? '' : ` ${major}`} (found: ${has}); install the package postgresql${major === undefined ? '' : `-${major}`}`,
      );
    }
  }
  return embeddedInstallation(major ?? newestEmbedded);
}

const newestEmbedded = 18;
