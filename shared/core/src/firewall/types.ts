/**
 * The three moves of the output firewall, in the order the pipeline makes them:
 *
 * 1. `strip` every string that comes from outside (settings too): control, ANSI, bidi, zero-width, tag characters go.
 * 2. At output check `markOutside` wraps `outside()` fields and `quote()` texts in two noncharacters of width 0,
 *    which survive `render`; being noncharacters they are stripped from all input, so nothing inside can forge them.
 * 3. `closeFences` turns marked spans of the rendered text into code quotes or prefixed lines, then `neutralise`
 *    defuses pseudo system tags in the whole text.
 */
export interface Firewall {
  strip(text: string): string;
  neutralise(text: string): string;
  /** Marked text → safe text without marks. `source` names where outside text comes from: `PostgreSQL`. */
  closeFences(text: string, source: string): string;
}

export const markStart = '\uFDD0';
export const markEnd = '\uFDD1';
