import { assignmentAt } from '../layers/assignment.ts';
import { documentAround, secretValues } from '../layers/kubernetes.ts';
import { formsOf } from '../layers/known.ts';
import { looksForDigits, mailAt, numbersWithin, phonesWithin } from '../layers/personal.ts';
import { entropy } from '../rules/entropy.ts';
import { rules } from '../rules/rules.ts';
import { structures } from '../rules/structures.ts';
import type { PersonalModes, Rule } from '../types.ts';
import { Automaton } from './automaton.ts';
import { isTokenStart } from './chars.ts';
import { markPattern, merge, type Range, rank, type Span, subtract } from './spans.ts';

/** Characters of a known form that the automaton knows; the rest is compared at the hit, so long keys cost no states. */
const longestPrefix = 16;
const leastEntropy = 2.5;

const keyWords = ['pass', 'pwd', 'secret', 'token', 'key', 'auth', 'cred', 'cookie', 'salt', 'nonce', 'signature', 'hmac', 'dockercfg', 'dockerconfig', 'パスワード', 'パスフレーズ', 'パスコード', '暗証番号', '秘密鍵', 'シークレット', 'トークン']; // prettier-ignore
const kubernetesWords = [
  'kind: secret',
  '"kind":"secret"',
  '"kind": "secret"',
  'kind\\":\\"secret',
  'kind\\": \\"secret',
];

type Trigger =
  | { readonly kind: 'known'; readonly form: string; readonly secret: string }
  | { readonly kind: 'rule'; readonly rule: Rule; readonly keyword: string }
  | { readonly kind: 'key'; readonly keyword: string }
  | { readonly kind: 'kubernetes'; readonly keyword: string }
  | { readonly kind: 'mail'; readonly keyword: string }
  | { readonly kind: 'mark'; readonly keyword: string };

interface Match {
  /** Where what the pattern matched ends, a secret or not. */
  readonly end: number;
  readonly span: Span | undefined;
}

/** Finds what to redact in a text; immutable once made, so that any number of scans may run at a time. */
export class Scanner {
  readonly #automaton: Automaton;
  readonly #triggers: readonly Trigger[];
  readonly #patterns = new Map<Rule, RegExp>();
  readonly #structures: ReadonlySet<Rule> = new Set(structures);
  readonly #mark = new RegExp(markPattern, 'y');
  readonly #modes: PersonalModes;

  constructor(known: readonly string[], modes: PersonalModes) {
    this.#modes = modes;
    this.#triggers = [
      { kind: 'mark', keyword: '[redacted:' },
      ...known.flatMap((secret) => formsOf(secret).map((form) => ({ kind: 'known' as const, ...form }))),
      ...rules.flatMap((rule) => rule.keywords.map((keyword) => ({ kind: 'rule' as const, rule, keyword }))),
      ...keyWords.map((keyword) => ({ kind: 'key' as const, keyword })),
      ...kubernetesWords.map((keyword) => ({ kind: 'kubernetes' as const, keyword })),
      ...(modes.mail === 'off' ? [] : [{ kind: 'mail' as const, keyword: '@' }]),
    ];
    this.#automaton = new Automaton(
      this.#triggers.map((trigger) =>
        trigger.kind === 'known' ? trigger.form.slice(0, longestPrefix) : trigger.keyword,
      ),
    );
  }

  /** A scan of one text, to be fed window by window. */
  begin(text: string): Scan {
    return new Scan(
      text,
      this.#automaton,
      this.#triggers,
      this.#modes,
      (rule, at) => this.#match(rule, text, at),
      this.#mark,
    );
  }

  #match(rule: Rule, text: string, at: number): Match | undefined {
    const start = at - (rule.back ?? 0);
    if (start < 0 || (rule.bounded && !isTokenStart(text, start))) return undefined;
    const pattern = this.#pattern(rule);
    pattern.lastIndex = start;
    const found = pattern.exec(text);
    if (found === null) return undefined;
    const secret = found[2] ?? found[0];
    const least = rule.entropy ?? leastEntropy;
    const isSecret = (least === 0 || entropy(secret) >= least) && (rule.accepts?.(secret) ?? true);
    const begin = found.index + (found[2] === undefined ? 0 : (found[1]?.length ?? 0));
    const end = begin + secret.length;
    return {
      end,
      span: isSecret
        ? { start: begin, end, rule: rule.id, rank: this.#structures.has(rule) ? rank.structure : rank.token }
        : undefined,
    };
  }

  /** Compiled on first use: most processes never meet most rules. */
  #pattern(rule: Rule): RegExp {
    const known = this.#patterns.get(rule);
    if (known) return known;
    const pattern = new RegExp(rule.pattern, `${rule.flags ?? ''}y`);
    this.#patterns.set(rule, pattern);
    return pattern;
  }
}

/** The state of one scan. */
export class Scan {
  readonly #text: string;
  readonly #automaton: Automaton;
  readonly #triggers: readonly Trigger[];
  readonly #modes: PersonalModes;
  readonly #match: (rule: Rule, at: number) => Match | undefined;
  readonly #markAt: RegExp;
  readonly #spans: Span[] = [];
  readonly #marks: Range[] = [];
  readonly #readBy = new Map<Rule, number>();
  #state = 0;
  #keyEnd = 0;
  #markEnd = 0;
  #kubernetesEnd = 0;

  constructor(
    text: string,
    automaton: Automaton,
    triggers: readonly Trigger[],
    modes: PersonalModes,
    match: (rule: Rule, at: number) => Match | undefined,
    markAt: RegExp,
  ) {
    this.#text = text;
    this.#automaton = automaton;
    this.#triggers = triggers;
    this.#modes = modes;
    this.#match = match;
    this.#markAt = markAt;
  }

  /** Reads the window `[from, to)`; windows follow each other. Patterns look beyond its end, at most 16 KiB. */
  window(from: number, to: number): void {
    this.#state = this.#automaton.run(this.#text, from, to, this.#state, (id, end) =>
      this.#hit(this.#triggers[id]!, end),
    );
    if (looksForDigits(this.#modes)) this.#spans.push(...numbersWithin(this.#text, from, to, this.#modes));
    if (this.#modes.phone !== 'off') this.#spans.push(...phonesWithin(this.#text, from, to, this.#modes.phone));
  }

  /** What was found, in order of position, disjoint, earlier replacements left out. */
  spans(): readonly Span[] {
    return this.#spans.length === 0 ? this.#spans : subtract(merge(this.#spans), this.#marks);
  }

  #hit(trigger: Trigger, end: number): void {
    if (trigger.kind === 'known') return this.#known(trigger.form, trigger.secret, end);
    const start = end - trigger.keyword.length;
    if (start < this.#markEnd) return;
    if (trigger.kind === 'key') return this.#key(start, end);
    if (trigger.kind === 'mark') return this.#mark(start);
    if (trigger.kind === 'kubernetes') return this.#kubernetes(start);
    if (trigger.kind === 'rule') return this.#rule(trigger.rule, start);
    const span = mailAt(this.#text, start, this.#modes.mail);
    if (span) this.#spans.push(span);
  }

  #rule(rule: Rule, start: number): void {
    // A rule does not read again what it matched: else a row of keywords within one match costs its square.
    if (start < (this.#readBy.get(rule) ?? 0)) return;
    const found = this.#match(rule, start);
    if (found === undefined) return;
    this.#readBy.set(rule, found.end);
    if (found.span) this.#spans.push(found.span);
  }

  #known(form: string, secret: string, end: number): void {
    const start = end - Math.min(form.length, longestPrefix);
    if (!this.#text.startsWith(form, start)) return;
    this.#spans.push({ start, end: start + form.length, rule: 'known', rank: rank.known, secret });
  }

  #key(start: number, end: number): void {
    if (start < this.#keyEnd) return;
    const found = assignmentAt(this.#text, start, end);
    this.#keyEnd = found.readUntil;
    if (found.span) this.#spans.push(found.span);
  }

  #mark(start: number): void {
    this.#markAt.lastIndex = start;
    const found = this.#markAt.exec(this.#text);
    if (found === null) return;
    this.#markEnd = start + found[0].length;
    this.#marks.push({ start, end: this.#markEnd });
  }

  #kubernetes(start: number): void {
    if (start < this.#kubernetesEnd) return;
    const range = documentAround(this.#text, start, this.#kubernetesEnd);
    this.#kubernetesEnd = range.end;
    this.#spans.push(...secretValues(this.#text, range));
  }
}
