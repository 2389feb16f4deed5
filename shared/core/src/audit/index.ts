export type { AuditEvent, AuditLog, EventType } from './types.ts';
