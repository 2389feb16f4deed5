export { closeFences, quote } from './fence.ts';
export { neutralise } from './neutralise.ts';
export { markOutside, outside, personal, personalPaths } from './outside.ts';
export { strip, stripDeep, stripHidden } from './strip.ts';
export { type Firewall, markEnd, markStart } from './types.ts';
