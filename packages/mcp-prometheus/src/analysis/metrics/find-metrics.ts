import { nearMetrics } from '@cinecom/promql';
import type { MetricMetadata } from '../../model/query.ts';

export type MetricKind = 'counter' | 'gauge' | 'histogram' | 'summary' | 'unknown';

export interface FoundMetric {
  readonly name: string;
  readonly kind: MetricKind;
  readonly unit: string;
  readonly help: string;
  readonly score: number;
}

/** What operators say, and the words of metric names. */
const synonyms: ReadonlyMap<string, readonly string[]> = new Map([
  ['latency', ['duration', 'seconds']],
  ['slow', ['duration', 'seconds']],
  ['qps', ['requests']],
  ['traffic', ['requests', 'network']],
  ['disk', ['filesystem']],
  ['ram', ['memory']],
  ['memory', ['mem']],
  ['failures', ['errors', 'failed']],
  ['error', ['errors', 'failed']],
  ['接続', ['connections']],
  ['メモリ', ['memory']],
  ['ディスク', ['filesystem', 'disk']],
  ['遅延', ['duration', 'latency']],
  ['エラー', ['errors', 'failed']],
  ['リクエスト', ['requests']],
  ['キュー', ['queue']],
  ['ネットワーク', ['network']],
  ['注文', ['orders']],
  ['再起動', ['restarts', 'start']],
]);

const worth = { exact: 100, prefix: 40, word: 20, part: 10, help: 5 };

/**
 * Metrics by how well name and help fit the words: exact, then prefix, then a word of the name, then its help.
 *
 * Every word must fit somewhere, itself or by what it also means.
 * @returns best first; of equal ones the shorter name first
 */
export function findMetrics(
  text: string,
  names: readonly string[],
  metadata: ReadonlyMap<string, MetricMetadata>,
  kind?: MetricKind,
): readonly FoundMetric[] {
  const words = text
    .toLowerCase()
    .split(/[\s,_]+/)
    .filter((word) => word !== '');
  const whole = text.trim().toLowerCase();
  return names
    .map((name): FoundMetric => {
      const about = aboutOf(name, metadata);
      const score =
        whole === name.toLowerCase() ? worth.exact : scoreOf(words, name.toLowerCase(), about.help.toLowerCase());
      return { name, score, kind: kindOf(name, about.type), unit: about.unit || unitOf(name), help: about.help };
    })
    .filter((found) => found.score > 0 && (kind === undefined || found.kind === kind))
    .toSorted((a, b) => b.score - a.score || a.name.length - b.name.length || (a.name < b.name ? -1 : 1));
}

/** Names that could be meant where nothing fits. */
export function nearbyMetrics(text: string, names: readonly string[]): readonly string[] {
  return nearMetrics(text.trim().replace(/\s+/g, '_'), names, 5);
}

function scoreOf(words: readonly string[], name: string, help: string): number {
  let total = 0;
  for (const word of words) {
    const direct = scoreWord(word, name, help);
    const best = Math.max(direct, ...(synonyms.get(word) ?? []).map((other) => scoreWord(other, name, help) / 2));
    if (best === 0) return 0;
    total += best;
  }
  return total;
}

function scoreWord(word: string, name: string, help: string): number {
  if (name.startsWith(word)) return worth.prefix;
  if (name.split(/[_:]/).includes(word)) return worth.word;
  if (name.includes(word)) return worth.part;
  return help.includes(word) ? worth.help : 0;
}

const suffix = /_(bucket|count|sum|total|created)$/;

/** Metadata stands under the family: the name without the suffix of its part. */
function aboutOf(name: string, metadata: ReadonlyMap<string, MetricMetadata>): MetricMetadata {
  return metadata.get(name) ?? metadata.get(name.replace(suffix, '')) ?? { type: 'unknown', help: '', unit: '' };
}

function kindOf(name: string, type: string): MetricKind {
  if (type === 'counter' || type === 'gauge' || type === 'histogram' || type === 'summary') return type;
  if (name.endsWith('_bucket')) return 'histogram';
  return name.endsWith('_total') ? 'counter' : 'unknown';
}

function unitOf(name: string): string {
  return /_(seconds|bytes|ratio|celsius|volts|meters|grams|joules)(?:_(?:total|bucket|sum))?$/.exec(name)?.[1] ?? '';
}

/** A query that shows the metric as it is meant to be read. */
export function readyQuery({ name, kind }: Pick<FoundMetric, 'name' | 'kind'>): string {
  if (kind === 'histogram' && name.endsWith('_bucket'))
    return `histogram_quantile(0.95, sum by (le) (rate(${name}[5m])))`;
  if (kind === 'counter' || (/_(count|sum|bucket)$/.test(name) && (kind === 'histogram' || kind === 'summary')))
    return `sum by (job) (rate(${name}[5m]))`;
  if (kind === 'histogram') return `histogram_quantile(0.95, sum(rate(${name}[5m])))`;
  return name;
}
