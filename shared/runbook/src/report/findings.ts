import { asText, isList, isObject, type Json, type JsonObject } from '../json.ts';
import { code, inline, table } from './markdown.ts';
import type { Words } from './words.ts';

const shownRows = 20;
const severities = ['critical', 'warning', 'info'];

/** The findings of a result, as every health-like answer of this project holds them; undefined for other data. */
export function findingsOf(result: Json | undefined): readonly JsonObject[] | undefined {
  const list = isObject(result) ? result['findings'] : undefined;
  return isList(list) && list.every(isObject) ? list : undefined;
}

/** Summary, findings by severity, the next call. */
export function renderFindings(result: JsonObject, findings: readonly JsonObject[], words: Words): readonly string[] {
  const blocks: string[] = [];
  if (typeof result['summary'] === 'string') blocks.push(inline(result['summary'], 1000));
  if (typeof result['window'] === 'string') blocks.push(`${words.window}: ${inline(result['window'])}`);
  if (findings.length === 0) return blocks;
  const { columns } = words;
  const sorted = findings.toSorted((a, b) => rank(a) - rank(b));
  const rows = sorted
    .slice(0, shownRows)
    .map((finding) => [
      inline(words.severity[asText(finding['severity'])] ?? asText(finding['severity'])),
      inline(asText(finding['id']), 100),
      ...['object', 'evidence', 'threshold', 'fix'].map((key) => inline(asText(finding[key]))),
    ]);
  blocks.push(
    table([columns.severity, columns.id, columns.object, columns.evidence, columns.threshold, columns.fix], rows),
  );
  if (sorted.length > shownRows) blocks.push(words.moreRows(shownRows, sorted.length));
  const next = sorted.map((finding) => finding['next']).find(isObject);
  if (next) blocks.push(`${words.next}: ${code(`${asText(next['tool'])} ${JSON.stringify(next['args'] ?? {})}`)}`);
  return blocks;
}

/** How many findings of a result are critical, and how many are warnings. */
export function countFindings(results: readonly (Json | undefined)[]): {
  readonly critical: number;
  readonly warning: number;
} {
  const all = results.flatMap((result) => findingsOf(result) ?? []);
  const count = (severity: string) => all.filter((finding) => finding['severity'] === severity).length;
  return { critical: count('critical'), warning: count('warning') };
}

function rank(finding: JsonObject): number {
  const at = severities.indexOf(asText(finding['severity']));
  return at === -1 ? severities.length : at;
}
