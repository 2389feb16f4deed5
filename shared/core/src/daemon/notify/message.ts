import type { JobRun } from '../job-state.ts';
import type { Notify } from '../job.ts';

/** What a receiver is told of a run. */
export interface JobMessage {
  readonly server: string;
  readonly environment: string | undefined;
  readonly job: string;
  readonly outcome: string;
  readonly verdict: string | undefined;
  /** The answer as it left the pipeline. */
  readonly text: string;
  /** ISO 8601. */
  readonly at: string;
}

const wanted: Readonly<Record<Notify['on'], (run: JobRun, before: JobRun | undefined) => boolean>> = {
  always: () => true,
  finding: ({ verdict }) => verdict === 'warning' || verdict === 'critical',
  failure: ({ outcome }) => outcome !== 'success',
  change: (run, before) => stateOf(run) !== stateOf(before),
};

/** Before its first run nothing was known to be wrong. */
function stateOf(run: JobRun | undefined): string {
  const { outcome, verdict = 'ok' } = run ?? { outcome: 'success' };
  return `${outcome} ${verdict}`;
}

/** Whether a receiver wants to hear of a run. @param before the run before it */
export function isWanted(on: Notify['on'], run: JobRun, before: JobRun | undefined): boolean {
  return wanted[on](run, before);
}

/** Discord refuses more. */
const discordCharacters = 2000;
const slackCharacters = 3000;

/** The body that each kind of receiver takes, as JSON. */
export function bodyFor(to: Notify['to'], message: JobMessage): string {
  if (to === 'webhook') return JSON.stringify(message);
  const { server, environment, job, outcome, verdict, text } = message;
  const where = environment === undefined ? server : `${server} (${environment})`;
  const lead = `${job} on ${where}: ${verdict ?? outcome}\n`;
  if (to === 'slack') return JSON.stringify({ text: cut(lead + escapeSlack(text), slackCharacters) });
  // What outsiders wrote must not call everybody of a channel.
  return JSON.stringify({ content: cut(lead + text, discordCharacters), allowed_mentions: { parse: [] } });
}

/** @see https://docs.slack.dev/messaging/formatting-message-text/#escaping */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** At most so many UTF-16 units, whole characters only: half of a surrogate pair is refused by some receivers. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
