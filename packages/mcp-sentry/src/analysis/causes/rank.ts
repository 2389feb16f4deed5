import type { NotExamined } from '@cinecom/mcp-core';
import { type Evidence, type EvidenceKind, evidenceKinds, independentKinds, type Suspect } from './evidence.ts';

export type Confidence = 'likely' | 'possible';

export interface Hypothesis {
  readonly suspect: Suspect;
  readonly confidence: Confidence;
  readonly score: number;
  /** The strongest first, at most one a kind. */
  readonly evidence: readonly Evidence[];
  /** What would decide it. */
  readonly decide: string;
}

export interface RootCause {
  readonly verdict: Confidence | 'unknown';
  /** By summed score, highest first. */
  readonly hypotheses: readonly Hypothesis[];
  /** What was looked at and said nothing. */
  readonly silent: readonly string[];
  /** Where there is no hypothesis: what to bring. */
  readonly decide: readonly string[];
}

const kindNames = {
  release: 'release shortly before',
  commit: 'commits and frames',
  tag: 'dominant tag',
  trace: 'earlier failure in the trace',
  similar: 'similar issues',
  step: 'step in frequency',
  monitor: 'failing monitors',
} as const;

/**
 * Hypotheses by summed score of their evidence; at least two independent kinds are "likely", one is "possible", none is
 * "unknown". The order of the evidence plays no part.
 *
 * @param examined kinds that were looked at
 * @param missing what could not be looked at, with the missing scope or data
 */
export function rankCauses(
  evidence: readonly Evidence[],
  {
    examined,
    missing,
    notes = {},
  }: {
    readonly examined: readonly EvidenceKind[];
    readonly missing: readonly NotExamined[];
    /** What a kind saw though it says nothing of a cause; in words of ours. */
    readonly notes?: Readonly<Partial<Record<EvidenceKind, string>>>;
  },
): RootCause {
  const groups = new Map<string, Evidence[]>();
  for (const one of evidence) {
    if (one.score <= 0) continue;
    const key = JSON.stringify([one.suspect.kind, one.suspect.key]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  const hypotheses = [...groups.values()].map(hypothesisOf).toSorted(byRank);
  const kinds = new Set(evidence.map(({ kind }) => kind));
  return {
    verdict: hypotheses.some(({ confidence }) => confidence === 'likely')
      ? 'likely'
      : hypotheses.length > 0
        ? 'possible'
        : 'unknown',
    hypotheses,
    silent: evidenceKinds
      .filter((kind) => examined.includes(kind) && !kinds.has(kind))
      .map((kind) => (notes[kind] === undefined ? kindNames[kind] : `${kindNames[kind]} (${notes[kind]})`)),
    decide: hypotheses.length > 0 ? [] : toBring(missing),
  };
}

function hypothesisOf(group: readonly Evidence[]): Hypothesis {
  const strongest = new Map<string, Evidence>();
  for (const one of group.toSorted(byScore)) if (!strongest.has(one.kind)) strongest.set(one.kind, one);
  const evidence = [...strongest.values()];
  const { suspect } = evidence[0]!;
  return {
    suspect,
    confidence: independentKinds(evidence) >= 2 ? 'likely' : 'possible',
    score: evidence.reduce((sum, { score }) => sum + score, 0),
    evidence,
    decide: deciding[suspect.kind],
  };
}

function byScore(left: Evidence, right: Evidence): number {
  if (left.score !== right.score) return right.score - left.score;
  const place = evidenceKinds.indexOf(left.kind) - evidenceKinds.indexOf(right.kind);
  return place === 0 ? compare(left.words, right.words) : place;
}

function byRank(left: Hypothesis, right: Hypothesis): number {
  if (left.score !== right.score) return right.score - left.score;
  const kinds = independentKinds(right.evidence) - independentKinds(left.evidence);
  return kinds === 0 ? compare(JSON.stringify(left.suspect), JSON.stringify(right.suspect)) : kinds;
}

function compare(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}

const deciding: Readonly<Record<Suspect['kind'], string>> = {
  release:
    'Roll the release back in one place and see whether the events stop there; sentry_release compares it with the one before',
  upstream:
    'See whether the upstream failed at the same times when no call of ours was made; its own issue comes first',
  condition: 'Reproduce it with that value and without; sentry_issue_events shows the other values',
  code: 'Compare with the fix of the similar issue, and whether its release contains that fix',
  job: 'See whether what the job delivers was missing or old when the issue began; sentry_monitors shows its check-ins',
};

function toBring(missing: readonly NotExamined[]): readonly string[] {
  const blocked = missing.map(({ what, why }) => `${what}: ${why}`);
  return [
    ...blocked,
    'Deploys and commits told to Sentry for each release, and traces sent by the services involved, would let this be decided',
  ];
}
