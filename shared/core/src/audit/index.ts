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
