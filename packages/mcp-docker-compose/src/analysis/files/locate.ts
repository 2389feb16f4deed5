import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { Location, SourceFile } from '../../model/source-file.ts';
import { relativeTo } from './relative-to.ts';
import { resolved, type Step, stepInto } from './yaml-steps.ts';

/** Keys from the top of the file; a number is the place in a list. */
export type FilePath = readonly (string | number)[];

/** Finds places in files that were parsed once. */
export interface Locator {
  /** Exactly what the path names, in the last file that defines it; undefined where no file does. */
  readonly locate: (path: FilePath) => Location | undefined;
  /** What the path names, else the nearest thing above it that a file has: where something missing would have to be written. */
  readonly nearest: (path: FilePath) => Location | undefined;
}

interface Parsed {
  readonly source: SourceFile;
  readonly document: Document;
  readonly lines: LineCounter;
}

/** @param sources of the project, later ones override; files that are no YAML are searched as far as they can be read */
export function createLocator(sources: readonly SourceFile[]): Locator {
  const files = sources.map((source): Parsed => {
    const lines = new LineCounter();
    return { source, lines, document: parseDocument(source.text, { lineCounter: lines, uniqueKeys: false }) };
  });
  const locate = (path: FilePath): Location | undefined => {
    for (const file of files.toReversed()) {
      const found = file.source.isOnlyExtended ? undefined : search(files, file, path, new Set());
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return {
    locate,
    nearest(path) {
      for (let length = path.length; length > 0; length -= 1) {
        const found = locate(path.slice(0, length));
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

/**
 * The line of `['services', name, key, …]` in the last file that defines it; follows anchors, merge keys and `extends`.
 * For several paths make one locator.
 */
export function locate(sources: readonly SourceFile[], path: FilePath): Location | undefined {
  return createLocator(sources).locate(path);
}

/** @param seen services that were looked at already: `extends` may go round in circles */
function search(files: readonly Parsed[], file: Parsed, path: FilePath, seen: Set<string>): Location | undefined {
  const { document, source, lines } = file;
  const found = walk(document, path);
  if (found !== undefined) return { file: source.path, line: lines.linePos(found.offset).line };
  const [top, service, ...rest] = path;
  const id = JSON.stringify([source.path, service]);
  if (top !== 'services' || typeof service !== 'string' || rest.length === 0 || seen.has(id)) return undefined;
  seen.add(id);
  const base = extended(document, walk(document, [top, service])?.node);
  if (base === undefined) return undefined;
  const basePath = base.file === undefined ? source.path : relativeTo(source.path, base.file);
  const next = files.find((one) => one.source.path === basePath);
  return next === undefined ? undefined : search(files, next, [top, base.service, ...rest], seen);
}

function walk(document: Document, path: FilePath): Step | undefined {
  let step: Step | undefined = { offset: 0, node: document.contents ?? undefined };
  for (const key of path) {
    step = stepInto(document, step.node, key);
    if (step === undefined) return undefined;
  }
  return step;
}

/** `extends: base`, or `extends: { service: base, file: other.yml }`. */
function extended(
  document: Document,
  service: Node | undefined,
): { readonly service: string; readonly file: string | undefined } | undefined {
  const node = resolved(document, stepInto(document, service, 'extends')?.node);
  if (isScalar(node)) return { service: String(node.value), file: undefined };
  if (!isMap(node)) return undefined;
  const name = scalar(document, node, 'service');
  return name === undefined ? undefined : { service: name, file: scalar(document, node, 'file') };
}

function scalar(document: Document, map: Node, key: string): string | undefined {
  const node = resolved(document, stepInto(document, map, key)?.node);
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
}
