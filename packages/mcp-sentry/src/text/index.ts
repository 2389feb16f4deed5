export { cut } from './cut.ts';
export { plainName } from './plain-name.ts';
export { plainVersion } from './plain-version.ts';
