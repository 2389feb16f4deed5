export { checkStatement, type CheckedStatement, type CheckOptions } from './check-statement.ts';
export { type FunctionReference, type NameReference, type StatementReferences } from './parse/references.ts';
export { GuardRefusal, isGuardRefusal, type GuardRule, type RefusalDetails } from './refusal.ts';
