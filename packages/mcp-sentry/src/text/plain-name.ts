/**
 * A name of Sentry that may stand in a next call or an error, outside of any fence. To be asked where the data are at hand;
 * what `render` gets is marked already.
 */
export function plainName(text: string | undefined): string | undefined {
  return text !== undefined && /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}$/.test(text) ? text : undefined;
}
