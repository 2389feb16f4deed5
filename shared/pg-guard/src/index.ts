export { checkStatement, type CheckedStatement, type CheckOptions } from './check-statement.ts';
export { parseStatements, type ParsedStatement } from './parse/parse.ts';
export { type FunctionReference, type NameReference, type StatementReferences } from './parse/references.ts';
export { GuardRefusal, isGuardRefusal, type GuardRule, type RefusalDetails } from './refusal.ts';
export {
  type Guarded,
  type GuardedResult,
  type GuardOptions,
  openGuarded,
  type ParameterValue,
  type RunOptions,
} from './open-guarded.ts';
export { type GuardedLease, leaseFromPool } from './session/lease.ts';
export { runWatched } from './session/watched-client.ts';
export { type Cell, type PortalResult, type ResultCaps } from './session/read-portal.ts';
export { TooMuchReceived } from './session/received-bytes.ts';
export { quoteIdentifier } from './role/quote-identifier.ts';
export { type RoleGap } from './role/missing-grants.ts';
export { type RolePower } from './role/role-facts.ts';
export { roleReport, type RoleReport } from './role/role-report.ts';
export { type OwnQuery } from './session/own-query.ts';
