import { duration, timestamp } from '@cinecom/mcp-core';
import type { Container } from '../../model/container.ts';
import type { OriginLine } from '../logs/collapse.ts';
import type { End } from './ends-of.ts';
import { exitMeaning } from '../exit-codes.ts';
import type { ServiceFacts } from './facts.ts';

const shownLetters = 200;

/** `2 of 3 replicas`, or the name of the only one. */
export function whichOf(
  found: readonly Pick<Container, 'name'>[],
  { containers }: Pick<ServiceFacts, 'containers'>,
): string {
  const [first] = found;
  return containers.length <= 1 || first === undefined
    ? (first?.name ?? '')
    : `${found.length} of ${containers.length} replicas`;
}

export function cut(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  return line.length > shownLetters ? `${line.slice(0, shownLetters)}…` : line;
}

/** What a container last said that sounds like a reason: its last line of level error, else of standard error, else its last. */
export function lastWords(lines: readonly OriginLine[] | undefined): string | undefined {
  const all = (lines ?? []).filter(({ text }) => text.trim() !== '');
  const line =
    all.findLast(({ level }) => level === 'error') ?? all.findLast(({ stream }) => stream === 'stderr') ?? all.at(-1);
  return line === undefined ? undefined : cut(line.text);
}

/** `127 (the command was not found)`. */
export function exitWords(code: number): string {
  return `${code} (${exitMeaning(code)})`;
}

/** `cinema-api-1 (3f2a9c81d0e5) ended with 137 (SIGKILL) at 2026-03-01T04:05:06Z`. */
export function toldEnd({ containerName, containerId, exitCode, at }: End): string {
  return `${containerName} (${containerId.slice(0, 12)}) ended with ${exitWords(exitCode)} at ${timestamp(at)}`;
}

export function ago(at: number | undefined, now: number): string {
  return at === undefined ? 'at an unknown time' : `${duration(Math.max(0, now - at))} ago`;
}

export function named({ name, id }: Pick<Container, 'name' | 'id'>): string {
  return `${name} (${id.slice(0, 12)})`;
}

/** A value of a Compose file: whole seconds, rounded up. */
export function composeSeconds(ms: number): string {
  return `${Math.max(1, Math.ceil(ms / 1000))}s`;
}
