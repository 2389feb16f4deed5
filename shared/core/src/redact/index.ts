export { openText } from './open-text.ts';
export { createRedactor } from './redactor.ts';
export { rules } from './rules/rules.ts';
export type { PersonalMode, PersonalModes, Redacted, Redactor, RedactorOptions, Rule } from './types.ts';
