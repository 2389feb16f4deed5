/** What speaks for a cause: each kind looks at something else. */
export const evidenceKinds = ['release', 'commit', 'tag', 'trace', 'similar', 'step', 'monitor'] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

export type Score = 0 | 1 | 2 | 3;

/** What a hypothesis says is the cause; `key` is written by outsiders. */
export interface Suspect {
  readonly kind: 'release' | 'upstream' | 'condition' | 'code' | 'job';
  readonly key: string;
}

export interface Evidence {
  readonly kind: EvidenceKind;
  readonly suspect: Suspect;
  /** 1–3: what scores 0 is no evidence. */
  readonly score: Score;
  /** With figures and units; holds names that outsiders write. */
  readonly words: string;
  /** Short id of another issue that it speaks of. */
  readonly other?: string;
}

/**
 * Kinds that see the same thing are one: an issue that begins after a deploy has its step there too.
 */
export function independentKinds(evidence: readonly Evidence[]): number {
  return new Set(evidence.map(({ kind }) => (kind === 'step' ? 'release' : kind))).size;
}
