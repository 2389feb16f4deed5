import type { SentryDouble } from '@cinecom/testbed';
import { fillCinema } from './cinema.ts';
import { openPatient, type PatientOptions } from './patient.ts';

/** Fills the double, and says which DSN the server is given. */
export type Fill = (sentry: SentryDouble) => string | undefined;

/** The cinema, and the DSN of its movie service. */
export const movies =
  (prepare: (sentry: SentryDouble) => void = () => undefined): Fill =>
  (sentry) => {
    fillCinema(sentry);
    prepare(sentry);
    return sentry.dsn('movie-service');
  };

/** The tool that these are about. */
export const check = 'sentry_check_ingest';

/** One check against a server that is filled so. */
export async function checked(
  fill: Fill,
  args: Readonly<Record<string, unknown>> = {},
  more: Partial<PatientOptions> = {},
) {
  const bed = await openPatient({ fill, ...more });
  return { ...bed, answer: await bed.ask(check, args, { mayFail: true }) };
}

/** Where all checks fall. */
export const checkIssue = ({ world }: SentryDouble) =>
  world.state.issues.find(({ fingerprint }) => fingerprint === '["cinecom-ingest-check"]');
