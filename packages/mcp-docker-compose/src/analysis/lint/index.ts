import type { Finding } from '@cinecom/mcp-core';
import { plainName } from '../../text/plain-name.ts';
import {
  dependsWithoutCondition,
  graceTooShort,
  noHealthcheck,
  noMemoryLimit,
  noRestartPolicy,
  signalLost,
} from './availability.ts';
import { unsetVariable } from './files.ts';
import type { LintFinding, LintProject, LintRule } from './rule.ts';
import { anonymousVolume, containerName, fixedHostPort, unpinnedTag } from './scaling.ts';
import { engineSocket, hostNamespace, plainSecret, privileged } from './security.ts';

/** All rules, those about outages first. */
export const lintRules: readonly LintRule[] = [
  noHealthcheck,
  noMemoryLimit,
  noRestartPolicy,
  signalLost,
  graceTooShort,
  dependsWithoutCondition,
  containerName,
  fixedHostPort,
  anonymousVolume,
  unpinnedTag,
  plainSecret,
  privileged,
  hostNamespace,
  engineSocket,
  unsetVariable,
];

/** What the rules say of a project, with the line each is about. */
export function lint(rules: readonly LintRule[], project: LintProject): readonly Finding[] {
  return rules.flatMap((rule) => rule.check(project).map((found) => findingOf(rule, found)));
}

function findingOf({ id }: LintRule, { object, at, sizes, ...rest }: LintFinding): Finding {
  const place = at === undefined ? '' : `, ${at.file}:${at.line}`;
  const service = plainName(sizes);
  return {
    id,
    ...rest,
    object: object + place,
    ...(service === undefined ? {} : { next: { tool: 'compose_stats', args: { service, windowSeconds: 30 } } }),
  };
}
