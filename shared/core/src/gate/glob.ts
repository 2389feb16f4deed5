/**
 * Whether `text` matches `glob`, in which `*` stands for any run of characters and nothing else is special.
 * Greedy with one point of return, so the time is at most length × length, whatever the glob.
 */
export function matchesGlob(glob: string, text: string): boolean {
  let [inGlob, inText, star, resume] = [0, 0, -1, 0];
  while (inText < text.length) {
    if (glob[inGlob] === '*') {
      star = inGlob;
      resume = inText;
      inGlob += 1;
    } else if (inGlob < glob.length && glob[inGlob] === text[inText]) {
      inGlob += 1;
      inText += 1;
    } else if (star >= 0) {
      inGlob = star + 1;
      resume += 1;
      inText = resume;
    } else {
      return false;
    }
  }
  return /^\**$/.test(glob.slice(inGlob));
}

export function matchesAny(globs: readonly string[], text: string): boolean {
  return globs.some((glob) => matchesGlob(glob, text));
}
