import { outside } from '@cinecom/mcp-core';
import * as z from 'zod';
import { patchText, proposePatch } from '../analysis/resources/propose-patch.ts';
import type { SizedService } from '../analysis/rightsize/judge-size.ts';
import type { ComposeModel } from '../model/compose-model.ts';
import { placeOf } from '../text/place-of.ts';
import type { ComposeCall } from './project-reading.ts';

/** What would have to be written into the files, to be read by a person. */
export const sizePatch = z.strictObject({
  service: outside(z.string()),
  /** `file:line`, or why it would have to be an override file. */
  place: z.string(),
  text: outside(z.string()),
});

const shownPatches = 5;
const mostLetters = 800;

/** Lines of the files that would give services their recommended limits; of the first few. */
export async function sizePatches(
  sized: readonly SizedService[],
  model: ComposeModel | undefined,
  { backend, signal }: ComposeCall,
): Promise<readonly z.output<typeof sizePatch>[]> {
  const due = sized.slice(0, shownPatches).flatMap((one) => {
    const service = model?.services.get(one.name);
    return service === undefined ? [] : [{ service, size: one.size }];
  });
  if (due.length === 0) return [];
  const sources = await backend.compose.sources(signal);
  return due.flatMap(({ service, size }) => {
    const wanted = {
      memoryBytes: size.memoryBytes,
      cpus: size.cpus,
      memoryReservationBytes: undefined,
      pids: undefined,
    };
    const proposal = proposePatch(sources, service, wanted);
    if (proposal.kind === 'same') return [];
    if (proposal.kind === 'override') {
      return [
        {
          service: service.name,
          place: `an override file, since ${proposal.reason}`,
          text: proposal.yaml.slice(0, mostLetters),
        },
      ];
    }
    const place = placeOf({ file: proposal.path, line: proposal.lines[0]?.line ?? 1 }) ?? '';
    return [{ service: service.name, place, text: patchText(proposal.lines).slice(0, mostLetters) }];
  });
}
