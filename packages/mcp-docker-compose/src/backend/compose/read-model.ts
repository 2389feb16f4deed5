import { createHash } from 'node:crypto';
import { ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import type { ComposeModel, NamedResource } from '../../model/compose-model.ts';
import { readService } from './read-service.ts';

const resource = z.looseObject({ name: z.string().default(''), external: z.boolean().default(false) }).nullable();
const modelSchema = z.looseObject({
  name: z.string(),
  services: z.record(z.string(), z.record(z.string(), z.json())).default({}),
  volumes: z.record(z.string(), resource).default({}),
  networks: z.record(z.string(), resource).default({}),
});

export interface ModelSource {
  /** Of `config --format json`. */
  readonly text: string;
  /** Of `config --hash '*'` over that text. */
  readonly hashes: string;
  readonly unsetVariables: readonly string[];
}

/** The resolved project in our terms. @throws ToolError `backend_unsupported` when this version prints something else */
export function readModel({ text, hashes, unsetVariables }: ModelSource): ComposeModel {
  const result = modelSchema.safeParse(JSON.parse(text));
  if (!result.success) {
    throw new ToolError('backend_unsupported', 'this version of Compose prints the model in a form that is not known', {
      hint: 'Compose 2.26 to 2.40 were tested.',
      backendText: result.error.issues[0]?.message ?? '',
    });
  }
  const { name, services, volumes, networks } = result.data;
  return {
    name,
    services: new Map(Object.entries(services).map(([key, service]) => [key, readService(key, service, name)])),
    volumes: resources(volumes),
    networks: resources(networks),
    unsetVariables,
    hashes: new Map(hashes.split('\n').flatMap((line) => hashLine(line))),
    text,
    fingerprint: createHash('sha256').update(text).digest('hex'),
  };
}

function resources(found: z.output<typeof modelSchema>['volumes']): ReadonlyMap<string, NamedResource> {
  return new Map(
    Object.entries(found).map(([key, one]) => [key, { name: one?.name || key, isExternal: one?.external ?? false }]),
  );
}

/** `service hash`, a line each. */
function hashLine(line: string): readonly (readonly [string, string])[] {
  const [service, hash] = line.trim().split(/\s+/);
  return service && hash && /^[0-9a-f]{64}$/.test(hash) ? [[service, hash]] : [];
}
