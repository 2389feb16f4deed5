import type { Call, NotExamined } from '@cinecom/mcp-core';
import { attempt, isToolError } from '@cinecom/mcp-core';
import type { ComposeBackend } from '../backend/port.ts';
import type { ComposeModel } from '../model/compose-model.ts';
import type { Container } from '../model/container.ts';
import type { LocalImage } from '../model/image.ts';
import type { ComposeSettings } from '../settings.ts';
import { inScope } from './scope.ts';

export type ComposeCall = Call<ComposeBackend, ComposeSettings>;

/** What nearly every answer begins with: what should run, and what does. */
export interface ProjectReading {
  readonly project: string;
  /** Undefined when the files are not valid or there is no Compose command. */
  readonly model: ComposeModel | undefined;
  /** What Compose said of invalid files; to be quoted. */
  readonly invalid: string | undefined;
  readonly composeVersion: string | undefined;
  /** Of the scope, one-offs too. */
  readonly containers: readonly Container[];
  /** Those beyond the scope too: for sums over the host, never to be shown. */
  readonly unscoped: readonly Container[];
  readonly missing: readonly NotExamined[];
}

export async function readProject({ backend, settings, signal }: ComposeCall): Promise<ProjectReading> {
  const { compose, engine } = backend;
  let invalid: string | undefined;
  const model = compose.model(signal).catch((error: unknown) => {
    if (isToolError(error) && error.backendText !== undefined) invalid = error.backendText;
    throw error;
  });
  const [project, resolved, version, containers] = await Promise.all([
    compose.projectName(signal),
    attempt('what the files ask for', model, { required: true }),
    attempt('the Compose command', compose.version(signal)),
    engine.containers(signal),
  ]);
  return {
    project: resolved.value?.name ?? project,
    model: resolved.value,
    invalid,
    composeVersion: version.value,
    unscoped: containers,
    containers: containers.filter((container) => inScope(container.service, settings)),
    missing: resolved.missing,
  };
}

/** Images by id and by reference, each asked for once; what is not on the host is left out. */
export async function readImages(
  references: Iterable<string>,
  { backend, signal }: ComposeCall,
): Promise<ReadonlyMap<string, LocalImage>> {
  const wanted = [...new Set(references)].filter((reference) => reference !== '');
  const found = await Promise.all(wanted.map(async (one) => [one, await backend.engine.image(one, signal)] as const));
  return new Map(found.flatMap(([reference, image]) => (image === undefined ? [] : [[reference, image] as const])));
}
