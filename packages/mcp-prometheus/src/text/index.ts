export { shownLabels } from './labels.ts';
export { plainName } from './plain-name.ts';
export { shownNumber, wireNumber } from './numbers.ts';
