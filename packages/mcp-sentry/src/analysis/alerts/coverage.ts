import type { Project } from '../../model/scope.ts';

/** What a project has of alerts. */
export interface Coverage {
  readonly project: string;
  /** Ids of all that are connected to it, whether they work or not. */
  readonly alerts: readonly string[];
  /** Names of those that a severe new issue sets off, in one of its environments at least. */
  readonly high: readonly string[];
  /** Environments that were looked at; undefined: nobody knows what it has, and any counts. */
  readonly environments: readonly string[] | undefined;
  /** Those of them in which none of these alerts is set off. */
  readonly bare: readonly string[];
  /** All that are heard of are of one environment, and nobody knows whether the project has it. */
  readonly isGuessed: boolean;
}

/** An alert that a severe new issue sets off. */
export interface HighAlert {
  readonly name: string;
  /** undefined: all. */
  readonly environment: string | undefined;
}

/**
 * Environments of a project in which somebody must hear of an error: those it has, cut to the wanted ones. Of a project of
 * which none is told, the wanted ones.
 *
 * @param wanted none: all
 * @returns none where it has none of the wanted ones, undefined where neither are known
 */
export function environmentsToCover(
  { environments = [] }: Pick<Project, 'environments'>,
  wanted: readonly string[],
): readonly string[] | undefined {
  if (environments.length === 0) return wanted.length === 0 ? undefined : wanted;
  return wanted.length === 0 ? environments : wanted.filter((name) => environments.includes(name));
}

/** Which environments these alerts cover. */
export function coverageOf(
  project: string,
  alerts: readonly string[],
  { environments, high }: { readonly environments: Coverage['environments']; readonly high: readonly HighAlert[] },
): Coverage {
  const heard = high.filter(
    ({ environment }) => environment === undefined || environments === undefined || environments.includes(environment),
  );
  const bare = (environments ?? []).filter((name) =>
    heard.every(({ environment }) => environment !== undefined && environment !== name),
  );
  const isGuessed =
    environments === undefined && heard.length > 0 && heard.every(({ environment }) => environment !== undefined);
  return { project, alerts, high: heard.map(({ name }) => name), environments, bare, isGuessed };
}
