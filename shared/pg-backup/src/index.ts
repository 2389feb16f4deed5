export { redactArgs } from './redact-args.ts';
export {
  compare,
  type Comparison,
  type CompareOptions,
  type ObjectOutcome,
  type Overall,
  type Verdict,
} from './fingerprint/compare.ts';
export { fingerprint, type FingerprintOptions } from './fingerprint/fingerprint.ts';
export { printSequences } from './fingerprint/sequences.ts';
export { openSnapshot, type SnapshotSession } from './fingerprint/session.ts';
export type { Fingerprint, FingerprintSession, RelationPrint, RowHash, SequencePrint } from './fingerprint/types.ts';
