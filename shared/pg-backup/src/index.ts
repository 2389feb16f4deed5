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
export { dump, dumpGlobals, type DumpOptions, type StepEnd } from './dump/dump.ts';
export { backUpCluster } from './base/back-up-cluster.ts';
export { backUpDatabase } from './dump/back-up-database.ts';
export type { BackUpEnd, BackUpOptions, BackUpStep } from './point/take-point.ts';
export { readPrint, type PrintOfPoint } from './dump/print-of-point.ts';
export { listPoints, sweepUnfinished, type ListedPoint, type PointList } from './point/list-points.ts';
export { addCheck, type PointCheck } from './point/checks.ts';
export type { Damage, DamageKind, Manifest, ManifestFile } from './point/manifest.ts';
export { isPointId, type Point, type PointFacts, type PointKind, type StoredPoint } from './point/point.ts';
export { beginPoint, BusyStoreError, freeBytes, type BeginOptions, type UnfinishedPoint } from './point/store.ts';
export { scratchIdentity, type Identity } from './process/identity.ts';
export type { Outcome, RunEnd } from './process/run.ts';
export { amcheck, type AmcheckEnd } from './verify/amcheck.ts';
export {
  blindSpots,
  verifyLevel,
  type VerifyEnd,
  type VerifyLevel,
  type VerifyOptions,
} from './verify/verify-level.ts';
export type { RestoreTestResult } from './restore-test/outcome.ts';
export type { StepTime } from './restore-test/step-times.ts';
export { testRestore } from './restore-test/test-restore.ts';
export type { RestoreTest, RestoreTestOptions, RestoreTestStep } from './restore-test/types.ts';
export { backUpStanza, type BackUpStanzaOptions } from './pgbackrest/back-up-stanza.ts';
export { adoptBackup } from './pgbackrest/adopt.ts';
export { walGaps } from './pgbackrest/verify.ts';
export { readInfo, type StanzaBackup, type StanzaInfo } from './pgbackrest/info.ts';
export { openPgbackrest, type Pgbackrest } from './pgbackrest/client.ts';
export { restoreDump, type RestoreDumpOptions, type RestoreEnd } from './restore/restore-dump.ts';
export type { RestoreError, RestoreErrorKind } from './restore/restore-error.ts';
export {
  findTools,
  MissingToolError,
  needTool,
  type FindToolsOptions,
  type MissingTool,
  type Tool,
  type ToolName,
  type Tools,
} from './tools/find-tools.ts';
export { reapScratch, type ScratchPlace } from './scratch/registration.ts';
export { startScratch, type RestoredData, type Scratch, type ScratchOptions } from './scratch/start-scratch.ts';
export type { Ready } from './scratch/wait-ready.ts';
