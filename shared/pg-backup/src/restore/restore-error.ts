/**
 * What kind of thing went wrong in a restore; `data` lost rows, `setting` is of a newer pg_dump and for its session only, `other` is
 * anything not known here.
 */
export type RestoreErrorKind =
  'data' | 'missing-extension' | 'missing-role' | 'locale' | 'setting' | 'duplicate' | 'rights' | 'other';

/** One statement of a restore that the server refused, or one entry that could not be read. */
export interface RestoreError {
  readonly kind: RestoreErrorKind;
  /** What was being restored, as `TABLE DATA public bookings`, or the beginning of the statement. */
  readonly object: string;
  /** As the program or server said it, one line. */
  readonly why: string;
}

const kinds: readonly (readonly [RestoreErrorKind, RegExp])[] = [
  [
    'missing-extension',
    /extension "[^"]*" is not available|must be loaded via "?shared_preload_libraries|could not (open extension control|access) file|extension control file/i,
  ],
  [
    'data',
    /^COPY failed|COPY .*, line \d+|could not (read|uncompress|close data)|could not open (input|TOC|large|directory)|invalid input syntax|out of memory|No space left/i,
  ],
  ['missing-role', /role "[^"]*" does not exist/i],
  [
    'locale',
    /invalid locale name|locale ".*" (is not|does not)|ICU is not supported|could not (create|open|set|find) .*locale|encoding "[^"]*" does not match locale/i,
  ],
  ['setting', /unrecognized configuration parameter/i],
  ['duplicate', /already exists/i],
  ['rights', /permission denied|must be (owner|superuser|member)/i],
];

/** By the words of the server, which speaks English in scratch. */
export function kindOfError(why: string): RestoreErrorKind {
  return kinds.find(([, words]) => words.test(why))?.[0] ?? 'other';
}

/** Reads pg_restore's standard error line by line: an entry is named first, then what became of it. */
export function createErrorReader(): {
  readonly read: (line: string) => void;
  /** At most 200 of them; `count` is of all. */
  readonly errors: () => { readonly count: number; readonly listed: readonly RestoreError[] };
} {
  const listed: RestoreError[] = [];
  let count = 0;
  let entry = '';
  return {
    read(line) {
      const named = /^pg_restore: (?:in|from) TOC entry \d+; \d+ \d+ (.*)$/.exec(line)?.[1];
      if (named !== undefined) entry = withoutOwner(named);
      const why = /^pg_restore: error: (.*)$/.exec(line)?.[1];
      if (why === undefined || why.startsWith('a worker process died')) return;
      count += 1;
      if (listed.length < maxListed) listed.push({ kind: kindOfError(why), object: entry, why: shortened(why) });
    },
    errors: () => ({ count, listed }),
  };
}

const maxListed = 200;

/** The first line of an error, without what pg_restore says before it, at most 300 characters. */
export function shortened(why: string): string {
  return why
    .replace(/^could not execute query: /, '')
    .split('\n')[0]!
    .slice(0, 300);
}

/** `TABLE public bookings owner` without the owner, which says nothing here. */
function withoutOwner(entry: string): string {
  return entry.slice(0, Math.max(entry.lastIndexOf(' '), 0)) || entry;
}
