/** A version such as `movies@2.0.0+1` that may stand in a next call, as `plainName` says of names. */
export function plainVersion(text: string | undefined): string | undefined {
  return text !== undefined && /^[a-zA-Z0-9][a-zA-Z0-9._+@-]{0,127}$/.test(text) ? text : undefined;
}
