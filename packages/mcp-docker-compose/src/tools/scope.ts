import { ToolError } from '@cinecom/mcp-core';
import type { ComposeModel } from '../model/compose-model.ts';
import type { Container } from '../model/container.ts';
import type { ComposeSettings } from '../settings.ts';
import { plainName } from '../text/plain-name.ts';

/** Whether a service may be seen and changed by the settings. */
export function inScope(service: string, { services }: Pick<ComposeSettings, 'services'>): boolean {
  return services.length === 0 || services.includes(service);
}

/**
 * The services that a call is about: the one it names, or all of its scope.
 *
 * @param wanted name, or `*`
 * @param model without one, what runs tells which services there are
 * @throws ToolError `out_of_scope`, `backend_not_found`, each with the names that there are
 */
export function servicesOf(
  wanted: string,
  settings: Pick<ComposeSettings, 'services'>,
  model: ComposeModel | undefined,
  containers: readonly Pick<Container, 'service'>[],
): readonly string[] {
  const all = new Set([...(model?.services.keys() ?? []), ...containers.map(({ service }) => service)]);
  const seen = [...all].filter((name) => inScope(name, settings)).toSorted();
  if (wanted === '*') return seen;
  if (seen.includes(wanted)) return [wanted];
  const names = seen.filter((name) => plainName(name) !== undefined).slice(0, 20);
  const hint = `Allowed: ${names.join(', ') || 'none'}${seen.length > names.length ? ', …' : ''}; * for all.`;
  if (all.has(wanted)) throw new ToolError('out_of_scope', 'service is outside --services', { hint });
  if (model === undefined) {
    throw new ToolError(
      'not_configured',
      'nothing of that name runs, and the files do not tell whether there is such a service',
      {
        hint: 'They are not valid or there is no Compose command: compose_overview quotes why. `mcp-docker-compose check` tells the repair.',
      },
    );
  }
  throw new ToolError('backend_not_found', 'the project has no service of that name', { hint });
}

/** @throws ToolError `out_of_scope` when a service that is named may not be changed by the settings */
export function unprotected(wanted: readonly string[], { protect }: Pick<ComposeSettings, 'protect'>): void {
  const named = wanted.find((name) => protect.includes(name));
  if (named === undefined) return;
  throw new ToolError('out_of_scope', `${plainName(named) ?? 'a service'} is protected: no change may touch it`, {
    hint: 'The setting --protect of this server says so.',
  });
}
