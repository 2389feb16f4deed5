/** What the syntax of a regular expression says without running it. */
export interface RegexFacts {
  /** Whether it matches the empty text, anchored at both ends as Prometheus does. */
  readonly matchesEmpty: boolean;
  /** No operator in it: `=` would do the same. */
  readonly isPlain: boolean;
}

interface Part {
  readonly empty: boolean;
  /** Product of the nested counts. */
  readonly repeats: number;
}

class RegexError extends Error {}

const deepest = 200;
const mostRepeats = 1000;
const posixClass = /^\[:\^?(alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]/;
const counted = /^\{(\d+)(,(\d*))?\}/;

/**
 * Reads a regular expression by the grammar of RE2.
 * @see regexp/syntax of Go
 */
export function readRegex(pattern: string): RegexFacts | { readonly problem: string } {
  try {
    const reader = new Reader(pattern);
    const part = reader.alternatives(0);
    if (!reader.atEnd()) return { problem: 'unexpected ) in the regular expression' };
    return { matchesEmpty: part.empty, isPlain: /^[^\\.+*?()|[\]{}^$]*$/.test(pattern) };
  } catch (error) {
    if (error instanceof RegexError) return { problem: error.message };
    throw error;
  }
}

class Reader {
  private index = 0;
  private readonly pattern: string;

  constructor(pattern: string) {
    this.pattern = pattern;
  }

  atEnd(): boolean {
    return this.index >= this.pattern.length;
  }

  alternatives(depth: number): Part {
    if (depth > deepest) throw new RegexError('the regular expression is nested too deeply');
    let empty = false;
    let repeats = 1;
    for (;;) {
      const part = this.sequence(depth);
      empty ||= part.empty;
      repeats = Math.max(repeats, part.repeats);
      if (this.pattern[this.index] !== '|') return { empty, repeats };
      this.index += 1;
    }
  }

  private sequence(depth: number): Part {
    let empty = true;
    let repeats = 1;
    while (!this.atEnd() && !'|)'.includes(this.pattern[this.index]!)) {
      const part = this.repeated(this.atom(depth));
      empty &&= part.empty;
      repeats = Math.max(repeats, part.repeats);
    }
    return { empty, repeats };
  }

  private repeated(atom: Part | undefined): Part {
    let part = atom;
    let wasRepeated = false;
    for (;;) {
      const operator = this.repetition();
      if (operator === undefined) return part ?? { empty: true, repeats: 1 };
      if (part === undefined) throw new RegexError('a repetition has nothing to repeat in the regular expression');
      if (wasRepeated) throw new RegexError('a repetition of a repetition in the regular expression');
      wasRepeated = true;
      const repeats = part.repeats * Math.max(1, operator.most);
      if (repeats > mostRepeats) throw new RegexError('a count in the regular expression is too large');
      part = { empty: part.empty || operator.least === 0, repeats };
    }
  }

  private repetition(): { readonly least: number; readonly most: number } | undefined {
    const rest = this.pattern.slice(this.index, this.index + 24);
    const braces = counted.exec(rest);
    const sign = braces === null ? rest[0] : undefined;
    if (braces === null && (sign === undefined || !'*+?'.includes(sign))) return undefined;
    this.index += braces === null ? 1 : braces[0].length;
    if (this.pattern[this.index] === '?') this.index += 1;
    if (braces === null) return { least: sign === '+' ? 1 : 0, most: 1 };
    const least = Number(braces[1]);
    const most = braces[2] === undefined ? least : braces[3] === '' ? least : Number(braces[3]);
    if (least > mostRepeats || most > mostRepeats || least > most)
      throw new RegexError('a count in the regular expression is not valid');
    return { least, most };
  }

  /** One thing that can be repeated; undefined where only a flag was set. */
  private atom(depth: number): Part | undefined {
    const char = this.pattern[this.index]!;
    if ('*+?'.includes(char) || counted.test(this.pattern.slice(this.index, this.index + 24))) return undefined;
    if (char === '(') return this.group(depth);
    if (char === '[') return this.charClass();
    if (char === '\\') return this.escape();
    this.index += 1;
    return { empty: char === '^' || char === '$', repeats: 1 };
  }

  private group(depth: number): Part | undefined {
    const rest = this.pattern.slice(this.index);
    const head = /^\((?:\?P?<[A-Za-z_]\w*>|\?(?:[imsU]+(?:-[imsU]+)?|-[imsU]+)?:)?(?!\?)/.exec(rest);
    const flags = /^\(\?(?:[imsU]+(?:-[imsU]+)?|-[imsU]+)\)/.exec(rest);
    if (flags) {
      this.index += flags[0].length;
      return { empty: true, repeats: 1 };
    }
    if (!head) throw new RegexError('RE2 has no such group: look-around and the like do not exist');
    this.index += head[0].length;
    const part = this.alternatives(depth + 1);
    if (this.pattern[this.index] !== ')') throw new RegexError('a closing ) is missing in the regular expression');
    this.index += 1;
    return part;
  }

  private charClass(): Part {
    this.index += 1;
    if (this.pattern[this.index] === '^') this.index += 1;
    for (let first = true; first || this.pattern[this.index] !== ']'; first = false) {
      if (this.atEnd()) throw new RegexError('a closing ] is missing in the regular expression');
      const low = this.classItem();
      const isRange = this.pattern[this.index] === '-' && !['', ']'].includes(this.pattern[this.index + 1] ?? '');
      if (low === undefined || !isRange) continue;
      this.index += 1;
      const high = this.classItem();
      if (high === undefined || high < low) throw new RegexError('a range of characters is the wrong way round');
    }
    this.index += 1;
    return { empty: false, repeats: 1 };
  }

  /** Code of one character of a class; undefined for a set such as `\d`. */
  private classItem(): number | undefined {
    const rest = this.pattern.slice(this.index, this.index + 20);
    if (rest.startsWith('[:') && rest.includes(':]')) {
      const name = posixClass.exec(rest);
      if (!name) throw new RegexError('an unknown class of characters in the regular expression');
      this.index += name[0].length;
      return undefined;
    }
    if (rest[0] === '\\') return this.escapedChar();
    const code = rest.codePointAt(0)!;
    this.index += code > 0xffff ? 2 : 1;
    return code;
  }

  private escape(): Part {
    const rest = this.pattern.slice(this.index);
    if (rest.startsWith('\\Q')) {
      const end = rest.indexOf('\\E', 2);
      this.index += end < 0 ? rest.length : end + 2;
      return { empty: end === 2 || rest.length === 2, repeats: 1 };
    }
    const zeroWidth = /^\\[AzbB]/.exec(rest);
    if (!zeroWidth) {
      this.escapedChar();
      return { empty: false, repeats: 1 };
    }
    this.index += 2;
    return { empty: zeroWidth[0] !== '\\b', repeats: 1 };
  }

  private escapedChar(): number | undefined {
    const rest = this.pattern.slice(this.index, this.index + 60);
    const set = /^\\(?:[dDsSwW]|[pP](?:[LMNPSZC]|\{\^?\w+\}))/.exec(rest);
    const numeric = /^\\(?:x([0-9a-fA-F]{2})|x\{([0-9a-fA-F]{1,8})\}|(0[0-7]{0,2}|[1-7][0-7]{1,2}))/.exec(rest);
    const simple = /^\\([aftnrv]|[^A-Za-z0-9\u0080-\uffff])/.exec(rest);
    const found = set ?? numeric ?? simple;
    if (!found) throw new RegexError('an escape that RE2 does not have in the regular expression');
    this.index += found[0].length;
    if (set) return undefined;
    if (simple)
      return (
        ({ a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 } as Record<string, number>)[simple[1]!] ?? simple[1]!.charCodeAt(0)
      );
    const code = numeric![3] === undefined ? parseInt(numeric![1] ?? numeric![2]!, 16) : parseInt(numeric![3], 8);
    if (code > 0x10_ffff) throw new RegexError('an escape that RE2 does not have in the regular expression');
    return code;
  }
}
