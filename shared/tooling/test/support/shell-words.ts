/**
 * A command line as the words that a POSIX shell makes of it: blanks part words, single and double quotes keep them together.
 *
 * @throws Error on anything else that a shell would interpret, as the line must then not be run without one
 */
export function shellWords(line: string): readonly string[] {
  const word = /\s*((?:'[^']*'|"[^"$`\\]*"|[^\s'"$`\\;&|<>()*?#~])+)(?=\s|$)/y;
  const words: string[] = [];
  const text = line.trimEnd();
  while (word.lastIndex < text.length) {
    const at = word.lastIndex;
    const [, found] = word.exec(text) ?? [];
    if (found === undefined) throw new Error(`needs a shell from "${text.slice(at)}" on`);
    words.push(found.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'));
  }
  return words;
}
