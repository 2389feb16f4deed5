import type { Frame } from '../../model/event.ts';
import type { CommitFile } from '../../model/release.ts';
import type { Evidence, Score } from './evidence.ts';

/** Names that every project has many of: alone they match nothing. */
const commonNames = new Set([
  'index',
  '__init__',
  '__main__',
  'main',
  'mod',
  'lib',
  'app',
  'utils',
  'util',
  'helpers',
  'types',
  'views',
  'models',
  'page',
  'route',
]);
/** Frames after these are far from where it broke. */
const nearFrames = 3;

interface Match {
  readonly file: CommitFile;
  readonly place: number;
  readonly steps: number;
}

/**
 * The commit file whose path shares the longest end with that of an in-app frame: 3 for three or more steps of the path,
 * 2 for two, 1 for the name alone; one point less beyond the third frame. Names such as index.js alone match nothing.
 *
 * @param frames in-app, innermost first
 */
export function suspectCommit(
  version: string,
  files: readonly CommitFile[],
  frames: readonly Frame[],
): Evidence | undefined {
  const best = files
    .flatMap((file) => frames.map((frame, place): Match => ({ file, place, steps: commonSteps(file.path, frame) })))
    .filter(({ steps }) => steps > 0)
    .toSorted(byStrength)[0];
  if (best === undefined) return undefined;
  const score = Math.max(0, Math.min(3, best.steps) - (best.place >= nearFrames ? 1 : 0)) as Score;
  if (score === 0) return undefined;
  const { path, author, message } = best.file;
  const others = new Set(files.map((file) => file.path)).size;
  const by = author === undefined ? '' : `, by ${author}, whom to ask`;
  const said = message === undefined ? '' : `: ${firstLine(message)}`;
  return {
    kind: 'commit',
    suspect: { kind: 'release', key: version },
    score,
    words: `${path}, changed in ${version}${by}, is frame ${best.place + 1} of the stack (${best.steps} path steps match, ${others} files changed)${said}`,
  };
}

function byStrength(left: Match, right: Match): number {
  if (left.steps !== right.steps) return right.steps - left.steps;
  if (left.place !== right.place) return left.place - right.place;
  const key = ({ file }: Match): string => JSON.stringify([file.path, file.message, file.author]);
  return key(left) < key(right) ? -1 : 1;
}

/** Steps at the end that both paths share; 0 where only a common name is shared. */
export function commonSteps(path: string, { file, module }: Pick<Frame, 'file' | 'module'>): number {
  const left = stepsOf(path);
  const right = stepsOf(file ?? module?.replaceAll('.', '/') ?? '');
  let shared = 0;
  while (
    shared < Math.min(left.length, right.length) &&
    left[left.length - 1 - shared] === right[right.length - 1 - shared]
  ) {
    shared += 1;
  }
  if (shared === 1 && commonNames.has((left.at(-1) ?? '').split('.')[0]!.toLowerCase())) return 0;
  return shared;
}

/** `app:///`, `webpack://x/./`, drive letters and queries are no part of the path. */
function stepsOf(path: string): readonly string[] {
  return path
    .split('?')[0]!
    .replaceAll('\\', '/')
    .replace(/^[a-z][a-z0-9+.-]*:\/*/i, '')
    .split('/')
    .filter((step) => step !== '' && step !== '.' && step !== '..' && step !== '~');
}

function firstLine(text: string): string {
  const line = text.split('\n')[0]!.trim();
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}
