/** What one standby answered, or why it did not. `host` is `host:port`. */
export type StandbyOutcome<Reading> =
  { readonly host: string; readonly reading: Reading } | { readonly host: string; readonly missing: string };
