import { setImmediate as nextTurn } from 'node:timers/promises';
import { ToolError } from '../errors/tool-error.ts';
import { stripHidden } from '../firewall/strip.ts';
import { redactKeyed } from './deep/keyed.ts';
import { assemble, NodeBuilder, type TextNode } from './deep/node.ts';
import { knownValues, shortestKnown } from './layers/known.ts';
import { Marker, replaceSpans } from './scan/replace.ts';
import { Scanner } from './scan/scanner.ts';
import type { Redacted, Redactor, RedactorOptions } from './types.ts';

const windowSize = 64 * 1024;
const overlap = 8 * 1024;
const mostRounds = 4;
/** A text of nothing but secrets is read once: what a second reading could find is context that is gone. */
const mostReread = 10_000;
const longestText = 8 * 1024 * 1024;
const withheld = '[withheld: redaction failed]';

/**
 * Creates the redactor of a process. Cheap: tables are built at the first text.
 *
 * @returns a redactor; its methods throw ToolError `too_large` beyond 8 MiB, and whatever fails withholds the text
 */
export function createRedactor(options: RedactorOptions): Redactor {
  return new LayeredRedactor(options);
}

class LayeredRedactor implements Redactor {
  readonly #options: RedactorOptions;
  readonly #marker: Marker;
  #secrets: readonly string[];
  #scanner: Scanner | undefined;

  constructor(options: RedactorOptions) {
    this.#options = options;
    this.#secrets = options.secrets;
    this.#marker = new Marker(options.tagKey, options.exempt);
  }

  async text(text: string, signal?: AbortSignal): Promise<Redacted<string>> {
    refuseAbove(longestText, text.length);
    const clean = stripHidden(text);
    return clean.length <= windowSize ? this.#whole(clean) : this.#windows(clean, signal, 1);
  }

  /** A replacement can bring a pattern into view (a boundary where a letter stood), so what changed is read again. */
  async #windows(clean: string, signal: AbortSignal | undefined, round: number): Promise<Redacted<string>> {
    const scan = this.#ready().begin(clean);
    for (let from = 0; from < clean.length; from += windowSize) {
      signal?.throwIfAborted();
      if (from > 0) await nextTurn();
      scan.window(from, Math.min(from + windowSize, clean.length));
    }
    const found = replaceSpans(clean, scan.spans(), this.#marker);
    if (found.count === 0 || found.count > mostReread || round >= mostRounds) return found;
    const again = await this.#windows(found.value, signal, round + 1);
    return { value: again.value, count: found.count + again.count };
  }

  async value(value: unknown, signal?: AbortSignal): Promise<Redacted<unknown>> {
    const builder = new NodeBuilder();
    const root = builder.build(value);
    refuseAbove(longestText, builder.chars);
    let count = 0;
    let unread = 0;
    for (const node of builder.texts) {
      unread += node.text.length;
      if (unread > windowSize) {
        unread = 0;
        signal?.throwIfAborted();
        await nextTurn();
      }
      count += await this.#node(node, signal);
    }
    return { value: assemble(root), count };
  }

  line(text: string): string {
    try {
      const head = stripHidden(text.slice(0, windowSize + overlap));
      if (text.length <= windowSize) return this.#whole(head).value;
      const scan = this.#ready().begin(head);
      scan.window(0, head.length);
      const spans = scan.spans().filter((span) => span.start < windowSize);
      const end = Math.max(Math.min(windowSize, head.length), spans.at(-1)?.end ?? 0);
      return `${replaceSpans(head.slice(0, end), spans, this.#marker).value}…`;
    } catch {
      // A log line must not fail its caller, and must not pass unread either.
      return withheld;
    }
  }

  learn(secrets: readonly string[]): void {
    const fresh = secrets.filter((secret) => secret.length >= shortestKnown && !this.#secrets.includes(secret));
    if (fresh.length === 0) return;
    this.#secrets = [...this.#secrets, ...fresh];
    this.#scanner = undefined;
  }

  /** Reads one node and sets its result. @returns how many pieces were replaced */
  async #node(node: TextNode, signal: AbortSignal | undefined): Promise<number> {
    const keyed = redactKeyed(node.key, node.text, this.#marker, this.#options.pii);
    const found = keyed === undefined ? await this.text(node.text, signal) : { value: keyed, count: 1 };
    const isBinary = typeof node.otherwise === 'string';
    if (found.count === 0) node.result = node.otherwise ?? found.value;
    else node.result = isBinary ? this.#marker.mark('binary', node.text) : found.value;
    return found.count;
  }

  #whole(text: string, round = 1): Redacted<string> {
    const scan = this.#ready().begin(text);
    scan.window(0, text.length);
    const spans = scan.spans();
    if (spans.length === 0) return { value: text, count: 0 };
    const found = replaceSpans(text, spans, this.#marker);
    if (found.count === 0 || found.count > mostReread || round >= mostRounds) return found;
    const again = this.#whole(found.value, round + 1);
    return { value: again.value, count: found.count + again.count };
  }

  #ready(): Scanner {
    this.#scanner ??= new Scanner(knownValues(this.#secrets, this.#options.env), this.#options.pii);
    return this.#scanner;
  }
}

function refuseAbove(limit: number, length: number): void {
  if (length <= limit) return;
  throw new ToolError('too_large', 'the result is larger than 8 MiB, more than can be checked for secrets', {
    hint: 'Ask for less: narrow the filter or lower the limit.',
  });
}
