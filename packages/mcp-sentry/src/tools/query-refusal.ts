import { attempt, isToolError, ToolError } from '@cinecom/mcp-core';
import { knownFields, knownFunctions } from '../analysis/query/known-fields.ts';
import { nearestNames } from '../analysis/query/nearest-names.ts';
import type { Dataset } from '../model/query.ts';
import type { Scope } from '../model/scope.ts';
import type { SentryCall } from './scope.ts';

const mostAskedNames = 5;

export function checkSort(fields: readonly string[], sort: string | undefined): void {
  if (sort === undefined || fields.includes(sort.replace(/^-/, ''))) return;
  throw new ToolError('invalid_input', 'sort must be one of fields, with - before it for the largest first', {
    hint: 'Add the field that you sort by to fields.',
  });
}

export function checkSeries([first = '', ...groups]: readonly string[]): void {
  if (!first.includes('(')) {
    throw new ToolError('invalid_input', 'the first of fields must be an aggregate for a series, such as count()', {
      hint: 'Groups come after it; without series any fields are a table.',
    });
  }
  if (groups.every((group) => !group.includes('('))) return;
  throw new ToolError('invalid_input', 'series takes one aggregate first, then groups', {
    hint: 'Ask once for each aggregate, or leave series out: a table takes several.',
  });
}

interface Asked {
  readonly dataset: Dataset;
  readonly fields: readonly string[];
}

/** What the server does not accept is told with the nearest names that it knows, or as what it lacks altogether. */
export async function refused(failure: unknown, asked: Asked, scope: Scope, call: SentryCall): Promise<never> {
  if (!isToolError(failure) || failure.code !== 'invalid_input') throw failure;
  const { dataset, fields } = asked;
  // of an older server, whose own names of datasets this tool does not take
  if (/^"?dataset must be one of/i.test(failure.backendText ?? '')) {
    throw new ToolError('backend_unsupported', `this Sentry has no ${dataset.replaceAll('_', ' ')}`, {
      hint: 'The datasets errors and spans are asked for on every server.',
      cause: failure,
    });
  }
  const parts = fields.map((field) => field.replaceAll(/^.*\(|[,)].*$/g, '')).filter((name) => name !== '');
  const listed = await Promise.all(parts.slice(0, mostAskedNames).map((part) => namesLike(part, asked, scope, call)));
  const near = [
    ...nearestNames(unknownFunctions(fields), knownFunctions),
    ...nearestNames(parts, [...knownFields(dataset), ...listed.flat()]),
  ];
  throw new ToolError('invalid_input', failure.message, {
    hint:
      near.length === 0 ? (failure.hint ?? '') : `Known names that are near: ${near.join(', ')}. ${failure.hint ?? ''}`,
    ...(failure.backendText === undefined ? {} : { backendText: failure.backendText }),
    cause: failure,
  });
}

/** As `cuont()`, whatever it was given. */
function unknownFunctions(fields: readonly string[]): readonly string[] {
  const names = fields.flatMap((field) => /^(\w+)\(/.exec(field)?.[1] ?? []).map((name) => `${name}()`);
  return names.filter((name) => !knownFunctions.includes(name));
}

async function namesLike(
  part: string,
  { dataset }: Asked,
  scope: Scope,
  { backend, signal }: SentryCall,
): Promise<readonly string[]> {
  const { value = [] } = await attempt('names', backend.queries.attributes(scope, dataset, part.slice(0, 4), signal));
  return value;
}
