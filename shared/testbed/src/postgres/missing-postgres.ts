import { isBackendUnavailable } from '../unavailable.ts';
import { fitsAddress } from './address.ts';
import { findInstallation } from './installation.ts';
import type { PostgresOptions } from './types.ts';

/** Why `startPostgres(options)` would find nothing to start, without starting anything; `undefined` when it would. */
export function missingPostgres(options: PostgresOptions): string | undefined {
  if (process.env.TESTBED_POSTGRES_URL && options.major === undefined && fitsAddress(options)) return undefined;
  try {
    findInstallation(options);
    return undefined;
  } catch (error) {
    if (isBackendUnavailable(error)) return error.message;
    throw error;
  }
}
