import { ToolError } from '@cinecom/mcp-core';
import { patchText, type PatchProposal, proposePatch } from '../analysis/resources/propose-patch.ts';
import type { ComposeService } from '../model/compose-model.ts';
import type { FileChange, WantedLimits } from '../model/resources.ts';
import { placeOf } from '../text/place-of.ts';
import { plainName } from '../text/plain-name.ts';
import type { ComposeCall } from './project-reading.ts';

/** A change of a file that may be made. */
export interface PatchedFile {
  readonly change: FileChange;
  /** `docker-compose.prod.yml:12`. */
  readonly place: string;
  /** With `-` and `+`, a line each. */
  readonly lines: string;
  /** The same on one line. */
  readonly words: string;
}

/**
 * How the file of a service is changed to give it limits; undefined where it does already.
 * @throws ToolError with the text to write by hand: `not_configured` without --write-files, `invalid_input` where the file cannot
 * be changed for this service alone; as `fileHash` where it may not be written
 */
export async function patchedFile(
  service: ComposeService,
  wanted: WantedLimits,
  { backend, settings, signal }: ComposeCall,
): Promise<PatchedFile | undefined> {
  const sources = await backend.compose.sources(signal);
  const proposal = proposePatch(sources, service, wanted);
  if (proposal.kind === 'same') return undefined;
  if (proposal.kind === 'override') throw notHere(service, proposal);
  const { path, edits, lines } = proposal;
  const place = placeOf({ file: path, line: lines[0]?.line ?? 1 }) ?? '';
  const text = patchText(lines);
  if (!settings.writeFiles) {
    throw new ToolError('not_configured', 'changing files needs --write-files, which is off', {
      hint: `By hand, at ${place}:\n${text}\nOr let the operator set --write-files; target live needs no file.`,
    });
  }
  const source = sources.findLast((one) => one.path === path && !one.isOnlyExtended) ?? { path, text: '' };
  const hash = await backend.resources.fileHash(source, signal);
  const words = lines.map(
    ({ line, before, after }) => `line ${line} ${before === undefined ? 'new' : `${before.trim()} →`} ${after.trim()}`,
  );
  return { change: { path, hash, edits }, place, lines: text, words: words.join('; ') };
}

function notHere(
  { name }: ComposeService,
  { path, reason, yaml }: Extract<PatchProposal, { kind: 'override' }>,
): ToolError {
  const place = path === undefined ? undefined : placeOf({ file: path, line: 1 })?.replace(/:1$/, '');
  const where = place === undefined || place.startsWith('line ') ? 'its file' : place;
  return new ToolError(
    'invalid_input',
    `target file: ${where} cannot be changed for ${plainName(name) ?? 'the service'} alone: ${reason}`,
    {
      hint: `Save this as a further Compose file and give it last with --file, or use target live:\n${plainName(name) === undefined ? '' : yaml}`,
    },
  );
}
