import { isMap } from 'yaml';
import type { ComposeService } from '../../model/compose-model.ts';
import type { WantedLimits } from '../../model/resources.ts';
import type { SourceFile } from '../../model/source-file.ts';
import type { TextEdit } from '../../model/text-edit.ts';
import { type ChangedLine, type KeyValue, patchService } from '../files/patch-service.ts';
import { relativeTo } from '../files/relative-to.ts';
import { meaningOf, ownPair, parsedText } from '../files/yaml-own.ts';
import { limitKeys, otherCpuKey } from './limit-keys.ts';
import { recordOf } from '../records/record-of.ts';

/** How the files of a service come to ask for limits. */
export type PatchProposal =
  | { readonly kind: 'same' }
  | {
      readonly kind: 'patch';
      /** As `SourceFile` has it; the last file that defines the service. */
      readonly path: string;
      readonly edits: readonly TextEdit[];
      readonly lines: readonly ChangedLine[];
    }
  | {
      readonly kind: 'override';
      /** Why no file is changed; own words. */
      readonly reason: string;
      /** The file in the way, where it is one. */
      readonly path: string | undefined;
      /** What a further file, named after the others, has to say. */
      readonly yaml: string;
    };

/**
 * The smallest change of the files that gives a service its limits, as lines of the last file that defines it; where that
 * file cannot be changed for this service alone, the text of an override file instead. Pure: nothing is written.
 *
 * @param sources of the project, later ones override
 * @param service of the model that these files resolve to
 */
export function proposePatch(
  sources: readonly SourceFile[],
  service: Pick<ComposeService, 'name' | 'raw' | 'limits'>,
  wanted: WantedLimits,
): PatchProposal {
  const keys = limitKeys(service, wanted);
  if (keys.length === 0) return { kind: 'same' };
  const override = (reason: string, path?: string): PatchProposal => ({
    kind: 'override',
    reason,
    path,
    yaml: overrideText(service.name, keys),
  });
  const other = wanted.cpus === undefined ? undefined : otherCpuKey(service);
  if (other !== undefined) return override(`${other} limits its CPU already, and the engine takes only one of both`);
  const file = sources.findLast((source) => !source.isOnlyExtended && defines(source, service.name));
  if (file === undefined) return override('no file defines the service in a way that can be read');
  if (isExtended(sources, file, service.name)) return override('another service extends it', file.path);
  const patch = patchService(file.text, service.name, keys);
  if (patch.kind === 'refused') return override(patch.reason, file.path);
  return { kind: 'patch', path: file.path, edits: patch.edits, lines: patch.lines };
}

/** A patch as it is read, beside its place: `-` before and `+` after. */
export function patchText(lines: readonly ChangedLine[]): string {
  return lines
    .flatMap(({ before, after }) => [...(before === undefined ? [] : [`-${before}`]), `+${after}`])
    .join('\n');
}

/** Also where the value is an alias or empty: then it is this file that stands in the way. */
function defines({ text }: SourceFile, service: string): boolean {
  const contents = parsedText(text)?.document.contents;
  if (!isMap(contents)) return false;
  const services = ownPair(contents, 'services')?.value;
  if (isMap(services)) return ownPair(services, service) !== undefined || hasKey(text, service);
  return services !== undefined && hasKey(text, service);
}

function hasKey(text: string, service: string): boolean {
  return Object.hasOwn(recordOf(recordOf(meaningOf(text)).services), service);
}

/** A limit written here would be theirs too. */
function isExtended(sources: readonly SourceFile[], file: SourceFile, service: string): boolean {
  return sources.some(({ path, text }) =>
    Object.values(recordOf(recordOf(meaningOf(text)).services)).some((one) => {
      const base = recordOf(one).extends;
      if (typeof base === 'string') return path === file.path && base === service;
      const { service: name, file: from } = recordOf(base);
      return name === service && (typeof from === 'string' ? relativeTo(path, from) : path) === file.path;
    }),
  );
}

function overrideText(service: string, keys: readonly KeyValue[]): string {
  const lines = ['services:', `  ${service}:`];
  let above: readonly string[] = [];
  for (const { path, write, isQuoted } of keys) {
    const shared = path.findIndex((key, depth) => above[depth] !== key);
    const value = write(undefined);
    path.slice(shared).forEach((key, index) => {
      const depth = shared + index;
      const isLeaf = depth === path.length - 1;
      lines.push(`${'  '.repeat(depth + 2)}${key}:${isLeaf ? ` ${isQuoted ? `"${value}"` : value}` : ''}`);
    });
    above = path.slice(0, -1);
  }
  return `${lines.join('\n')}\n`;
}
