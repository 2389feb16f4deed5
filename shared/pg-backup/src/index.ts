export { redactArgs } from './redact-args.ts';
