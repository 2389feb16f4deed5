/**
 * A name of the backend that may stand in a next call, outside of any fence: letters, digits, `_ : . -` alone. To be asked
 * where the data are at hand; what `render` gets is marked already.
 */
export function plainName(text: string | undefined): string | undefined {
  return text !== undefined && /^[A-Za-z_][\w:.-]{0,199}$/.test(text) ? text : undefined;
}
