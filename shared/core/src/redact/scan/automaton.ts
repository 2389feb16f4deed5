/**
 * An Aho–Corasick automaton over UTF-16 text: all patterns found in one pass, one table look-up a character.
 *
 * Case and width are folded (`Ｋ` = `K` = `k`), so a caller for whom they matter compares again at the hit.
 */
export class Automaton {
  readonly #classOf = new Uint8Array(65_536);
  readonly #next: Int32Array;
  /** States from here on end a pattern. */
  readonly #firstOutput: number;
  readonly #width: number;
  readonly #outputs: readonly (readonly number[])[];

  /** @param patterns not empty; a pattern is known later by its index */
  constructor(patterns: readonly string[]) {
    this.#width = this.#assignClasses(patterns);
    const trie = buildTrie(patterns, this.#classOf, this.#width);
    const order = outputsLast(trie.outputs);
    const width = this.#width;
    this.#next = new Int32Array(trie.next.length);
    for (let state = 0; state < order.length; state += 1) {
      const target = order[state]! * width;
      for (let symbol = 0; symbol < width; symbol += 1) {
        this.#next[target + symbol] = order[trie.next[state * width + symbol]!]! * width;
      }
    }
    const quiet = trie.outputs.filter((list) => list.length === 0).length;
    this.#firstOutput = quiet * width;
    const outputs: (readonly number[])[] = [];
    trie.outputs.forEach((list, state) => {
      if (list.length > 0) outputs[order[state]! - quiet] = list;
    });
    this.#outputs = outputs;
  }

  /**
   * Reads `text` from `from` to `to` and calls `onHit` at the end of every pattern found.
   *
   * @param state what an earlier part returned; 0 at the start
   * @returns the state to go on with
   */
  run(text: string, from: number, to: number, state: number, onHit: (pattern: number, end: number) => void): number {
    const next = this.#next;
    const classOf = this.#classOf;
    const firstOutput = this.#firstOutput;
    let at = state;
    for (let index = from; index < to; index += 1) {
      at = next[at + classOf[text.charCodeAt(index)]!]!;
      if (at >= firstOutput) {
        for (const pattern of this.#outputs[(at - firstOutput) / this.#width]!) onHit(pattern, index + 1);
      }
    }
    return at;
  }

  /** Class 0 is every character that no pattern uses. Characters beyond 255 classes share one: a hit is compared again. */
  #assignClasses(patterns: readonly string[]): number {
    let count = 1;
    for (const pattern of patterns) {
      for (let index = 0; index < pattern.length; index += 1) {
        const code = fold(pattern.charCodeAt(index));
        if (this.#classOf[code] !== 0) continue;
        this.#classOf[code] = Math.min(count, 255);
        if (count < 255) count += 1;
      }
    }
    for (let code = 0; code < 65_536; code += 1) this.#classOf[code] = this.#classOf[fold(code)]!;
    return count + 1;
  }
}

/** Lower case of ASCII letters, half width of full-width forms (the part of NFKC that keeps length). */
export function fold(code: number): number {
  const half = code >= 0xff01 && code <= 0xff5e ? code - 0xfee0 : code === 0x3000 ? 0x20 : code;
  return half >= 65 && half <= 90 ? half + 32 : half;
}

interface Trie {
  readonly next: Int32Array;
  readonly outputs: number[][];
}

function buildTrie(patterns: readonly string[], classOf: Uint8Array, width: number): Trie {
  const most = patterns.reduce((sum, pattern) => sum + pattern.length, 1);
  const next = new Int32Array(most * width).fill(-1);
  const outputs: number[][] = [[]];
  patterns.forEach((pattern, id) => {
    let state = 0;
    for (let index = 0; index < pattern.length; index += 1) {
      const cell = state * width + classOf[pattern.charCodeAt(index)]!;
      if (next[cell] === -1) next[cell] = outputs.push([]) - 1;
      state = next[cell]!;
    }
    outputs[state]!.push(id);
  });
  linkFailures(next, outputs, width);
  return { next: next.subarray(0, outputs.length * width), outputs };
}

/** Breadth first, so that the state a failure falls back to is complete when it is copied from. */
function linkFailures(next: Int32Array, outputs: number[][], width: number): void {
  const fallback = new Int32Array(outputs.length);
  const queue: number[] = [0];
  for (let head = 0; head < queue.length; head += 1) {
    const state = queue[head]!;
    for (let symbol = 0; symbol < width; symbol += 1) {
      const cell = state * width + symbol;
      const target = next[cell]!;
      const elsewhere = state === 0 ? 0 : next[fallback[state]! * width + symbol]!;
      if (target === -1) {
        next[cell] = elsewhere;
        continue;
      }
      fallback[target] = elsewhere;
      outputs[target]!.push(...outputs[elsewhere]!);
      queue.push(target);
    }
  }
}

/** New numbers for states, those that end a pattern last: then one comparison tells them. */
function outputsLast(outputs: readonly (readonly number[])[]): Int32Array {
  const order = new Int32Array(outputs.length);
  let number = 0;
  for (const wanted of [false, true]) {
    outputs.forEach((list, state) => {
      if (list.length > 0 === wanted) order[state] = number++;
    });
  }
  return order;
}
