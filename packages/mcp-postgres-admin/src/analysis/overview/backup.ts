import { notRead, type Check } from './types.ts';

/** Age and restore tests of backups cannot be read by SQL. */
export const backup: Check = {
  name: 'backup',
  weight: 0,
  cheap: true,
  run: (_reading, { rpoMinutes }) =>
    notRead(
      'backups and restore tests',
      rpoMinutes === undefined
        ? 'SQL cannot see them, and no backup store is configured'
        : `SQL cannot see them, and no backup store is configured; objective: at most ${rpoMinutes} min of loss`,
    ),
};
