import { createHash } from 'node:crypto';
import { access, constants, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { ToolError } from '@cinecom/mcp-core';
import type { RuleFile } from '../../model/rule-files.ts';
import { matchesPattern } from './pattern.ts';

const mostFiles = 500;
const largestFileBytes = 4 * 1024 * 1024;

export interface RuleFileScope {
  /** Absolute patterns of `rule_files`; empty without `--config`. */
  readonly patterns: readonly string[];
  /** Folders of `--rules-dir`, else those of the patterns. */
  readonly folders: readonly string[];
}

/** Rule files of the configuration that lie in the allowed folders; without a configuration, all of these folders. */
export async function listRuleFiles({ patterns, folders }: RuleFileScope): Promise<readonly RuleFile[]> {
  const found = new Set<string>();
  for (const pattern of patterns.length > 0 ? patterns : folders.map((folder) => join(folder, '*.y*ml'))) {
    const folder = dirname(pattern);
    for (const name of await namesIn(folder)) {
      if (matchesPattern(basename(pattern), name)) found.add(join(folder, name));
    }
  }
  const files: RuleFile[] = [];
  for (const path of [...found].toSorted().slice(0, mostFiles)) {
    const real = await realpath(path);
    if (isInside(real, await realFolders(folders))) files.push(await load(real, patterns));
  }
  return files;
}

/**
 * One rule file, by its path or by its name where that is enough.
 * @throws ToolError `out_of_scope` outside the allowed folders or by a link that leaves them, `backend_not_found`, `too_large`
 */
export async function openRuleFile(name: string, scope: RuleFileScope): Promise<RuleFile> {
  const allowed = await realFolders(scope.folders);
  if (allowed.length === 0) {
    throw new ToolError('not_configured', 'no folder of rule files is known', {
      hint: 'Name prometheus.yml with --config, or folders with --rules-dir.',
    });
  }
  const candidates = isAbsolute(name) ? [name] : allowed.map((folder) => resolve(folder, name));
  for (const candidate of candidates) {
    const real = await realpath(candidate).catch(() => undefined);
    if (real === undefined) continue;
    if (!isInside(real, allowed)) {
      throw new ToolError('out_of_scope', 'the rule file lies outside the allowed folders', {
        hint: '--rules-dir names the folders; prom_check_rules lists the files.',
      });
    }
    return load(real, scope.patterns);
  }
  throw new ToolError('backend_not_found', 'there is no such rule file in the allowed folders', {
    hint: 'prom_check_rules lists the files.',
  });
}

async function load(path: string, patterns: readonly string[]): Promise<RuleFile> {
  const { size, mode } = await stat(path);
  if (size > largestFileBytes) throw new ToolError('too_large', 'the rule file is larger than 4 MiB');
  const content = await readFile(path);
  // root may write what its owner made read-only: that the owner meant it counts
  const mayWrite = await access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
  return {
    path,
    text: content.toString('utf8'),
    hash: createHash('sha256').update(content).digest('hex'),
    writable: mayWrite && (mode & 0o222) !== 0,
    matched: await isMatched(path, patterns),
  };
}

/** By its real place: a pattern's folder may itself be reached by a link. */
async function isMatched(path: string, patterns: readonly string[]): Promise<boolean> {
  for (const pattern of patterns) {
    const folder = await realpath(dirname(pattern)).catch(() => undefined);
    if (folder === dirname(path) && matchesPattern(basename(pattern), basename(path))) return true;
  }
  return false;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []); // a folder that is not there holds no files
}

async function realFolders(folders: readonly string[]): Promise<readonly string[]> {
  const real = await Promise.all(folders.map((folder) => realpath(folder).catch(() => undefined)));
  return real.filter((folder) => folder !== undefined);
}

function isInside(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path.startsWith(folder.endsWith(sep) ? folder : folder + sep));
}
