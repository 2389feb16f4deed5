import { formatDuration } from '@cinecom/promql';

/** A family of metrics and the expression that makes it comparable over time, by job and service. */
export interface Family {
  readonly name: string;
  readonly expr: string;
}

export const mostFamilies = 200;
const perQuery = 20;
/** Label under which the family comes back: functions drop the metric's name. */
export const familyLabel = 'family';

const neverMoves =
  /(_bucket|_created|_info|_timestamp|_timestamp_seconds)$|^(ALERTS|ALERTS_FOR_STATE|up|process_start_time_seconds|node_boot_time_seconds|node_time_seconds)$|^scrape_/;
const runtime = /^(go|python|jvm|nodejs|dotnet|process|promhttp|prometheus|net_conntrack|alertmanager)_/;

/**
 * Families to look at, in the order of interest: those that share words with the symptom, then what applications and hosts
 * tell, then what runtimes tell of themselves.
 *
 * @param names of metrics that have samples
 * @param typeOf what exporters say of a metric's type
 * @param symptom metrics of the symptom: they are the effect, not a cause
 */
export function familiesOf(
  names: readonly string[],
  {
    typeOf,
    symptom,
    windowMs,
  }: {
    readonly typeOf: (name: string) => string | undefined;
    readonly symptom: readonly string[];
    readonly windowMs: number;
  },
): readonly Family[] {
  const known = new Set(names);
  const words = new Set(symptom.flatMap((name) => name.split('_')).filter((word) => word.length > 3));
  const interest = (name: string): number => {
    if (name.split('_').some((word) => words.has(word))) return 0;
    return runtime.test(name) ? 2 : 1;
  };
  return names
    .filter((name) => /^[A-Za-z_:][\w:]*$/.test(name) && !neverMoves.test(name) && !symptom.includes(name))
    .toSorted((a, b) => interest(a) - interest(b) || (a < b ? -1 : 1))
    .map((name) => ({
      name: shownName(name, known),
      expr: exprOf(name, known, typeOf(name), formatDuration(windowMs)),
    }));
}

function shownName(name: string, known: ReadonlySet<string>): string {
  return isMeanOf(name, known) ? `${name.slice(0, -4)} mean` : name;
}

function isMeanOf(name: string, known: ReadonlySet<string>): boolean {
  return name.endsWith('_sum') && known.has(`${name.slice(0, -4)}_count`);
}

function exprOf(name: string, known: ReadonlySet<string>, type: string | undefined, window: string): string {
  const rate = (metric: string): string => `sum by (job, service) (rate(${metric}[${window}]))`;
  if (isMeanOf(name, known)) return `${rate(name)} / (${rate(`${name.slice(0, -4)}_count`)} > 0)`;
  if (type === 'counter' || /_(total|count|sum)$/.test(name)) return rate(name);
  return `avg by (job, service) (${name})`;
}

/** Families that differ most between two moments, where there are more than can be looked at closely. */
export function mostChanged(
  families: readonly Family[],
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): readonly Family[] {
  const changeOf = ({ name }: Family): number => {
    const [old = 0, now = 0] = [before.get(name), after.get(name)];
    const size = Math.abs(old) + Math.abs(now);
    return size > 0 && Number.isFinite(size) ? Math.abs(now - old) / size : 0;
  };
  return families
    .map((family) => [family, changeOf(family)] as const)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, mostFamilies)
    .map(([family]) => family);
}

/** Queries of many families at once, each series of the answer naming its family. */
export function familyQueries(families: readonly Family[]): readonly string[] {
  const queries: string[] = [];
  for (let index = 0; index < families.length; index += perQuery) {
    const some = families.slice(index, index + perQuery);
    queries.push(
      some.map(({ name, expr }) => `label_replace(${expr}, "${familyLabel}", "${name}", "", "")`).join(' or '),
    );
  }
  return queries;
}
