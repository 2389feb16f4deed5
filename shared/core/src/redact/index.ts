export type { Redacted, Redactor } from './types.ts';
