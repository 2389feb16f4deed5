import { rank, type Range, type Span } from '../scan/spans.ts';
import { isPlaceholder } from './values.ts';

const before = 8192;
const after = 65_536;

/** The document around `kind: Secret`: what lies within was read for that Secret and is not read again. */
export function documentAround(text: string, hit: number, readUntil: number): Range {
  const floor = Math.max(readUntil, hit - before);
  const top = text.lastIndexOf('\n---', hit);
  const bottom = text.slice(hit, hit + after).indexOf('\n---');
  return { start: top > floor ? top : floor, end: bottom < 0 ? Math.min(text.length, hit + after) : hit + bottom };
}

const block =
  /^([ \t]{0,16})(?:data|stringData):[ \t]{0,8}\r?\n((?:\1[ \t]{1,8}\S[^\n]{0,16384}(?:\n|$)|[ \t]{0,32}\r?\n){1,500})/gm;
const entry = /^([ \t]{1,24}["']?[\w.-]{1,253}["']?:[ \t]{1,8}["']?)([^\s"'|>][^\n"']{0,16384})/gm;
const jsonBlock = /\\{0,3}"(?:data|stringData)\\{0,3}"\s{0,8}:\s{0,8}\{([^{}]{0,65536})\}/g;
const jsonEntry =
  /(\\{0,3}"[\w.-]{1,253}\\{0,3}"\s{0,8}:\s{0,8}\\{0,3}")((?:[^"\\\n]|\\[^"\n]){1,16384}?)(?=\\{0,3}")/g;

/** The values of `data` and `stringData` of a Kubernetes Secret, in YAML or JSON. */
export function secretValues(text: string, range: Range): readonly Span[] {
  const slice = text.slice(range.start, range.end);
  const spans: Span[] = [];
  const add = (found: RegExpExecArray, offset: number): void => {
    const value = found[2] ?? '';
    const start = offset + found.index + (found[1]?.length ?? 0);
    if (isPlaceholder(value)) return;
    spans.push({ start, end: start + value.trimEnd().length, rule: 'kubernetes-secret', rank: rank.structure });
  };
  for (const [pattern, inner] of [
    [block, entry],
    [jsonBlock, jsonEntry],
  ] as const) {
    for (const found of slice.matchAll(pattern)) {
      const body = found.at(-1) ?? '';
      const offset = range.start + found.index + found[0].indexOf(body, body === found[0] ? 0 : 1);
      for (const item of body.matchAll(inner)) add(item, offset);
    }
  }
  return spans;
}
