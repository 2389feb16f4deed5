import { counted, type NotExamined, ToolError } from '@cinecom/mcp-core';
import { type Coverage, environmentsToCover } from '../analysis/alerts/coverage.ts';
import { unknownEnvironments } from '../analysis/unknown-environments.ts';
import type { Scope } from '../model/scope.ts';
import { plainName } from '../text/index.ts';

const namedProjects = 10;

/**
 * A name that no project has is a slip of the pen, and nothing is to be concluded from it.
 * @throws ToolError `invalid_input` where none of the wanted environments is known, listing those that are
 */
export function refuseUnknownEnvironments({ projects, environments: wanted }: Scope): void {
  const { unknown, known } = unknownEnvironments(projects, wanted);
  if (unknown.length === 0 || unknown.length < wanted.length) return;
  const names = known.flatMap((name) => plainName(name) ?? []);
  throw new ToolError('invalid_input', `no project in scope has the environment ${shown(unknown)}`, {
    hint: `There are: ${names.slice(0, 20).join(', ') || 'none with a plain name'}. --sentry-environment (SENTRY_ENVIRONMENT) sets it where environment is not given.`,
  });
}

/** What could not be judged by environment. */
export function missingEnvironments(
  { projects, environments: wanted }: Scope,
  coverage: readonly Coverage[],
): readonly NotExamined[] {
  const { unknown } = unknownEnvironments(projects, wanted);
  const without = projects.filter((project) => environmentsToCover(project, wanted)?.length === 0);
  const guessed = coverage.filter(({ isGuessed }) => isGuessed);
  return [
    ...(unknown.length === 0 ? [] : [{ what: `environment ${shown(unknown)}`, why: 'no project in scope has it' }]),
    ...(without.length === 0
      ? []
      : [{ what: projectsText(without.map(({ slug }) => slug)), why: `no environment ${shown(wanted)} there` }]),
    ...(guessed.length === 0
      ? []
      : [
          {
            what: `environments of ${counted(guessed.length, 'project')}`,
            why: 'Sentry tells none: an alert of any environment counts',
          },
        ]),
  ];
}

function shown(names: readonly string[]): string {
  return names.map((name) => plainName(name) ?? '(a name)').join(', ');
}

function projectsText(slugs: readonly string[]): string {
  const named = slugs.slice(0, namedProjects).map((slug) => plainName(slug) ?? '(a project)');
  return slugs.length > named.length ? `${named.join(', ')} and ${slugs.length - named.length} more` : named.join(', ');
}
