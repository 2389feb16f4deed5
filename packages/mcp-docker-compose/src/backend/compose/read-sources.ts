import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { ToolError } from '@cinecom/mcp-core';
import { parseDocument } from 'yaml';
import type { SourceFile } from '../../model/source-file.ts';
import type { ProjectFiles } from './project-files.ts';
import { recordOf } from '../../analysis/records/record-of.ts';

const mostFiles = 100;
const largestBytes = 1024 * 1024;

/**
 * Texts of the project's files: what a file includes stands before it, and what is only extended before all.
 * Files that are named by others and cannot be read are left out: whether they matter is for Compose to say.
 * @throws ToolError `not_configured` for one of the settings that cannot be read, `too_large`
 */
export async function readSources(
  { files, folder }: Pick<ProjectFiles, 'files' | 'folder'>,
  signal: AbortSignal,
): Promise<readonly SourceFile[]> {
  const texts = new Map<string, string>();
  const own: string[] = [];
  const bases = new Set<string>();
  const read = async (file: string, isNamed: boolean): Promise<void> => {
    if (texts.has(file) || texts.size >= mostFiles) return;
    const text = await readText(file, isNamed, signal);
    if (text === undefined) return;
    texts.set(file, text);
    const { included, extended } = mentioned(file, text);
    for (const one of included) await read(one, false);
    own.push(file);
    for (const one of extended) bases.add(one);
  };
  for (const file of files) await read(file, true);
  for (const base of bases) await readBase(base, { texts, bases, signal });
  const source = (file: string, isOnlyExtended: boolean): SourceFile => ({
    path: relative(folder, file).split(sep).join('/'),
    text: texts.get(file) ?? '',
    isOnlyExtended,
  });
  const others = [...bases].filter((file) => texts.has(file) && !own.includes(file));
  return [...others.map((file) => source(file, true)), ...own.map((file) => source(file, false))];
}

interface Bases {
  readonly texts: Map<string, string>;
  /** Grows while it is gone through: a base may extend another. */
  readonly bases: Set<string>;
  readonly signal: AbortSignal;
}

async function readBase(file: string, { texts, bases, signal }: Bases): Promise<void> {
  if (texts.has(file) || texts.size >= mostFiles) return;
  const text = await readText(file, false, signal);
  if (text === undefined) return;
  texts.set(file, text);
  for (const next of mentioned(file, text).extended) bases.add(next);
}

async function readText(file: string, isNamed: boolean, signal: AbortSignal): Promise<string | undefined> {
  const text = await readFile(file, { encoding: 'utf8', signal }).catch((cause: unknown) => {
    signal.throwIfAborted();
    if (!isNamed) return undefined;
    throw new ToolError('not_configured', `${file} cannot be read`, { hint: 'Let this account read it.', cause });
  });
  if (text === undefined || text.length <= largestBytes) return text;
  throw new ToolError('too_large', 'a Compose file of the project is larger than 1 MiB', {
    hint: 'Set --file to the Compose file of the project.',
  });
}

interface Mentioned {
  readonly included: readonly string[];
  readonly extended: readonly string[];
}

/** Local files that a file includes and extends, absolute. */
function mentioned(file: string, text: string): Mentioned {
  const { include, services } = recordOf(plain(text));
  const local = (paths: readonly unknown[]): readonly string[] =>
    paths
      .filter((path): path is string => typeof path === 'string' && path !== '' && !/^(git@|\w+:\/\/)|\$/.test(path))
      .map((path) => resolve(dirname(file), path));
  return {
    included: local(list(include).flatMap((one) => (typeof one === 'string' ? [one] : list(recordOf(one).path)))),
    extended: local(Object.values(recordOf(services)).map((service) => recordOf(recordOf(service).extends).file)),
  };
}

function plain(text: string): unknown {
  try {
    return parseDocument(text, { uniqueKeys: false, merge: true }).toJS();
  } catch {
    return undefined; // anchors that are not there, or without end: Compose will say so
  }
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}
