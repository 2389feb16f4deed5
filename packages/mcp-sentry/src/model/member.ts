/** Somebody of the organisation, as a change of an issue may name him. Personal: matched, never shown. */
export interface Member {
  /** Undefined for an invitation that was not taken, or where it is not told. */
  readonly userId: string | undefined;
  readonly isPending: boolean;
  /** User name and mails, in lower case. */
  readonly logins: readonly string[];
  readonly name: string | undefined;
}
