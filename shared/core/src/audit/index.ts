export { type OpenLogOptions, openLog } from './open-log.ts';
export type { Anchor, AuditEvent, AuditLog, AuditStatus, EventType, OpenChange, PersonalValue } from './types.ts';
export { type VerifyOptions, verifyLog } from './verify/verify-log.ts';
export type {
  AuditVerdict,
  LocatedProblem,
  TrustedPoint,
  UnfinishedChange,
  VerifyReport,
  WriterReport,
} from './verify/report.ts';
export { keyWarning } from './keys/root-key.ts';
export { eraseSubject, type EraseOptions, type PersonalReader, personalReader } from './seal/personal.ts';
export { type LogEntry, type ReadOptions, readLog } from './read/read-log.ts';
export { type ProveOptions, proveRecord, type RecordProof } from './read/prove-record.ts';
export { formatProof, type InclusionProof, parseProof, type ProofVerdict, verifyProof } from './read/proof.ts';
export { type Deleted, type DeleteOptions, deleteSealed } from './read/retention.ts';
export { registerAnchor } from './write/anchors.ts';
export { MerkleTree, verifyConsistency, verifyInclusion } from './format/merkle.ts';
export {
  noteSigner,
  type NoteResult,
  type NoteSigner,
  type NoteVerifier,
  parseVkey,
  signNote,
  verifyNote,
} from './format/note.ts';
export { type Checkpoint, formatCheckpoint, parseCheckpoint, writerOrigin } from './format/checkpoint.ts';
export { type Digest, leafHash } from './format/hash.ts';
