export { shownLabels } from './labels.ts';
export { shownNumber, wireNumber } from './numbers.ts';
