import type { Problem, VerdictKind } from './report.ts';
import type { WriterOutcome } from './verify-writer.ts';

const meanings: Record<VerdictKind, string> = {
  ok: 'Complete and authentic; its length is vouched for outside the log folder.',
  'ok-unanchored':
    'What is here is authentic; nothing outside the log folder vouches that nothing was cut off its end.',
  'ok-unsigned':
    'The chain is unbroken, but the log is not signed: whoever can write the files could have rewritten it. Set AUDIT_LOG_KEY.',
  'ok-torn-tail': 'Authentic; the process died while it wrote its last record, which does not count.',
  unreadable: 'It could not be read, so nothing is said about it.',
  'unknown-key': 'It could not be verified with the keys given, so nothing is said about its signatures.',
  'missing-writer': 'A log that existed is gone as a whole.',
  truncated: 'Records at the end, that existed, are gone or may be.',
  gap: 'Records in the middle are gone.',
  reordered: 'Records stand in another order than they were written, or twice.',
  'bad-signature': 'A signature or seal is not from the key of this log.',
  modified: 'A record is not what was written.',
  forked: 'Two different histories claim to be this log.',
};

export function meaningOf(kind: VerdictKind): string {
  return meanings[kind];
}

/** One sentence or two for one writer: what is wrong and where, or how far it is proven. */
export function writerWords(
  kind: VerdictKind,
  outcome: WriterOutcome,
  problem: Problem | undefined,
  method: string,
): string {
  if (problem !== undefined) {
    const trusted =
      problem.n > 0 ? ` Records 0 to ${problem.n - 1} are still trusted.` : ' No record of it is trusted.';
    const isUnsaid = kind === 'unreadable' || kind === 'unknown-key' || kind === 'missing-writer';
    return `${meanings[kind]} Record ${problem.n}: ${problem.words}.${isUnsaid ? '' : trusted}`;
  }
  const parts = [meanings[kind]];
  const chained = outcome.records - outcome.signedRecords;
  if (method === 'public-key') {
    parts.push(
      `Checked with the public key only: MACs of single lines were not checked, and the last ${chained} records are chained but not yet signed.`,
    );
  }
  if (!outcome.closed) parts.push('It ended without log.stop.');
  return parts.join(' ');
}
