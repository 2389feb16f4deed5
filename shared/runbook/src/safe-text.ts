// C0 and C1 but tab and newline, ESC sequences whole, bidi and zero-width characters, tags, surrogates without a pair.
const escapes =
  /\u001b(?:[\]PX^_][^\u0007\u001b]{0,4096}(?:\u0007|\u001b\\)|\[[0-?]{0,64}[ -/]{0,16}[@-~]|[ -/]{0,4}[0-~])/g;
const hidden =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\u{e0000}-\u{e0fff}]|\u034f|\u17b4|\u17b5|\p{Surrogate}/gu;

/** What a server says, without what a terminal would act on or a reader would not see; line ends become newlines. */
export function safeText(text: string): string {
  return text
    .replaceAll(escapes, '')
    .replaceAll(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replaceAll(hidden, '');
}

/** As `safeText`, on one line of at most `most` characters. */
export function safeLine(text: string, most = 500): string {
  return cut(
    safeText(text.slice(0, 4 * most))
      .replaceAll(/\s+/g, ' ')
      .trim(),
    most,
  );
}

/** The first `most` characters; what was cut is shown by `…`. Never splits a surrogate pair. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
