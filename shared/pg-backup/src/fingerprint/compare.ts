import type { Fingerprint, RelationPrint, SequencePrint } from './types.ts';

export type Verdict = 'identical' | 'differs' | 'missing' | 'extra' | 'not-compared';

/** What became of one object of the source. */
export interface ObjectOutcome {
  readonly category: string;
  readonly name: string;
  readonly verdict: Exclude<Verdict, 'identical'>;
  readonly why: string;
}

export type Overall = 'faithful' | 'faithful-with-gaps' | 'different' | 'unknown';

export interface Comparison {
  readonly overall: Overall;
  /** Number of relations, sequences and definitions by verdict. */
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly rows: { readonly compared: number; readonly hashed: number };
  /** All that is not identical: differences first, in the order of categories and names. */
  readonly outcomes: readonly ObjectOutcome[];
}

export interface CompareOptions {
  /** Where the sequences of the source stood after the copy was taken; the copy lies between. Absent: as in the fingerprint. */
  readonly sequencesAfter?: Readonly<Record<string, SequencePrint>>;
  /** Roles of the restored cluster that the source need not know, as its first superuser. */
  readonly ignoredRoles?: readonly string[];
  /** Why the copy has another collation than the source, if it had to have one: then that is told and not judged. */
  readonly otherLocale?: string | undefined;
  /** Extensions that the machine of the copy does not have: what the copy lacks may be for want of them, and is not judged. */
  readonly missingExtensions?: readonly string[];
}

// They tell of the machine that restored, not of what was restored.
const ofTheMachine = new Set(['collation versions']);

/** Holds the content of a restored copy against its source. Pure; no more is claimed than both sides could be read. */
export function compare(source: Fingerprint, copy: Fingerprint, options: CompareOptions = {}): Comparison {
  if (source.rowHash !== copy.rowHash) throw new Error('Fingerprints of different row hashes cannot be compared');
  const relations = compareRelations(source, copy);
  const sequences = compareSequences(source, copy, options.sequencesAfter ?? source.sequences);
  const definitions = compareDefinitions(source, copy, options.ignoredRoles ?? []);
  const unread = [...unreadOf(source, 'source'), ...unreadOf(copy, 'copy')];
  const all = [...relations, ...sequences, ...definitions, ...unread].map((one) => excused(one, options));
  const counts: Record<Verdict, number> = { identical: 0, differs: 0, missing: 0, extra: 0, 'not-compared': 0 };
  for (const { verdict } of all) counts[verdict] += 1;
  const outcomes = all.filter((one): one is ObjectOutcome => one.verdict !== 'identical');
  return {
    overall: overallOf(counts, Object.keys(source.relations).length),
    counts,
    rows: rowsOf(source, copy),
    outcomes: outcomes.toSorted((one, other) => weight(one) - weight(other)),
  };
}

type Outcome = ObjectOutcome | { readonly verdict: 'identical' };
const identical: Outcome = { verdict: 'identical' };

/** What a machine without the source's locale or extensions cannot show. */
function excused(one: Outcome, { otherLocale, missingExtensions = [] }: CompareOptions): Outcome {
  if (one.verdict === 'differs' && one.category === 'database' && otherLocale !== undefined) {
    return { ...one, verdict: 'not-compared', why: otherLocale };
  }
  if (one.verdict !== 'missing' || missingExtensions.length === 0) return one;
  const why = `${one.why}; this machine lacks what it may need: ${missingExtensions.join(', ')}`;
  return { ...one, verdict: 'not-compared', why };
}

function compareRelations(source: Fingerprint, copy: Fingerprint): Outcome[] {
  return pairs(source.relations, copy.relations).flatMap(([name, before, after]): Outcome[] => {
    const category = before?.kind ?? after?.kind ?? 'table';
    const of = (verdict: ObjectOutcome['verdict'], why: string): Outcome[] => [{ category, name, verdict, why }];
    if (before === undefined) return name in source.unread ? [] : of('extra', 'only the copy holds it');
    if (after === undefined) return name in copy.unread ? [] : of('missing', `${before.rows} rows are not in the copy`);
    if (same(before, after)) return [identical];
    if (before.kind === 'materialized view') {
      return of(
        'not-compared',
        'a restore computes it anew; it was stale at the source, or depends on more than tables',
      );
    }
    return of(
      'differs',
      before.rows === after.rows ? 'as many rows, other content' : `${before.rows} rows became ${after.rows}`,
    );
  });
}

function same(before: RelationPrint, after: RelationPrint): boolean {
  return before.rows === after.rows && before.hash === after.hash && before.share === after.share;
}

function compareSequences(
  source: Fingerprint,
  copy: Fingerprint,
  later: Readonly<Record<string, SequencePrint>>,
): Outcome[] {
  return pairs(source.sequences, copy.sequences).map(([name, before, after]): Outcome => {
    const of = (verdict: ObjectOutcome['verdict'], why: string): Outcome => ({
      category: 'sequence',
      name,
      verdict,
      why,
    });
    if (before === undefined) return of('extra', 'only the copy holds it');
    if (after === undefined) return of('missing', `stood at ${before.value}`);
    const bounds = [BigInt(before.value), BigInt(later[name]?.value ?? before.value)] as const;
    const value = BigInt(after.value);
    const [low, high] = bounds[0] <= bounds[1] ? bounds : [bounds[1], bounds[0]];
    if (value < low || value > high) return of('differs', `stands at ${value}, was between ${low} and ${high}`);
    // A source whose own sequence is behind its column was copied faithfully.
    if (isBehind(after, before.columnEnd) && !isBehind(before, before.columnEnd)) {
      return of(
        'differs',
        `stands at ${value}, its column has come to ${before.columnEnd}: the next insert would fail`,
      );
    }
    return identical;
  });
}

function isBehind({ value, increment }: SequencePrint, columnEnd: string | null): boolean {
  if (columnEnd === null) return false;
  return increment.startsWith('-') ? BigInt(value) > BigInt(columnEnd) : BigInt(value) < BigInt(columnEnd);
}

function compareDefinitions(source: Fingerprint, copy: Fingerprint, ignoredRoles: readonly string[]): Outcome[] {
  const categories = Object.keys(source.objects).filter((category) => category in copy.objects);
  return categories.flatMap((category) =>
    pairs(source.objects[category] ?? {}, copy.objects[category] ?? {}).flatMap(([name, before, after]): Outcome[] => {
      if (before === after) return [identical];
      if (category === 'roles' && ignoredRoles.includes(name)) return [];
      const of = (verdict: ObjectOutcome['verdict'], why: string): Outcome[] => [{ category, name, verdict, why }];
      if (ofTheMachine.has(category)) return of('not-compared', 'differs by the machine that restored');
      if (before === undefined) return of('extra', 'only the copy has it');
      if (after === undefined) return of('missing', 'the copy lacks it');
      return of('differs', 'its definition differs');
    }),
  );
}

function unreadOf({ unread, unreadCategories }: Fingerprint, side: string): Outcome[] {
  const one = (category: string, name: string, reason: string): Outcome => {
    return { category, name, verdict: 'not-compared', why: `not read in the ${side}: ${reason}` };
  };
  return [
    ...Object.entries(unread).map(([name, reason]) => one('table', name, reason)),
    ...Object.entries(unreadCategories).map(([category, reason]) => one(category, 'all', reason)),
  ];
}

function overallOf(counts: Readonly<Record<Verdict, number>>, relations: number): Overall {
  if (counts.differs + counts.missing + counts.extra > 0) return 'different';
  if (relations === 0 && counts['not-compared'] > 0) return 'unknown';
  return counts['not-compared'] > 0 ? 'faithful-with-gaps' : 'faithful';
}

function rowsOf(source: Fingerprint, copy: Fingerprint): Comparison['rows'] {
  const compared = Object.entries(source.relations).filter(([name]) => name in copy.relations);
  const sum = (of: (print: RelationPrint) => number): number => compared.reduce((all, [, print]) => all + of(print), 0);
  return { compared: sum(({ rows }) => rows), hashed: Math.round(sum(({ rows, share }) => rows * share)) };
}

function weight({ verdict }: ObjectOutcome): number {
  return verdict === 'not-compared' ? 1 : 0;
}

function pairs<One>(before: Readonly<Record<string, One>>, after: Readonly<Record<string, One>>) {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].toSorted().map((name) => [name, before[name], after[name]] as const);
}
