/** Why a part of a query has nothing, by the names of the codes that operators see. */
export const diagnosisCodes = [
  'never_existed',
  'name_typo',
  'wrong_label',
  'wrong_value',
  'vanished',
  'outside_retention',
  'target_down',
  'job_not_scraped',
  'window_too_short',
  'sides_do_not_match',
  'condition_false',
] as const;
export type DiagnosisCode = (typeof diagnosisCodes)[number];

/** One reason, with what was seen and what would help. Names of series may stand in `evidence` and `fix`. */
export interface Diagnosis {
  readonly code: DiagnosisCode;
  /** The part of the query that is empty. */
  readonly part: string;
  readonly evidence: string;
  readonly fix: string;
}

/** A short piece of a query or a name for a text. */
export function excerpt(text: string, most = 120): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}
