import { outside } from '@cinecom/mcp-core';
import * as z from 'zod';
import type { Scope, Span } from '../model/scope.ts';

/** Where a person sees the same, and what was asked: the last lines of an answer. */
export const source = z.strictObject({ web: outside(z.string()), api: z.string() });
export type Source = z.input<typeof source>;

/** What a fence holds. */
const longestWeb = 200;

/**
 * An address that would be too long goes without the parameters that do not fit: a cut one would lead nowhere.
 *
 * @param path below the organisation, as `/issues/4711/`, its parameters most important first
 * @param api what was asked, without the base address
 */
export function sourceOf(url: string, organization: string, path: string, api: string): Source {
  const [place = '', query = ''] = splitOnce(path, '?');
  let web = `${url}/organizations/${encodeURIComponent(organization)}${place}`;
  for (const parameter of parametersOf(query)) {
    const longer = `${web}${web.includes('?') ? '&' : '?'}${parameter}`;
    if (longer.length <= longestWeb) web = longer;
  }
  return { web, api };
}

/** One text a name, since a part of a list of projects or fields would show something else. */
function parametersOf(query: string): readonly string[] {
  const names = new Map<string, string[]>();
  for (const parameter of query.split('&').filter(Boolean)) {
    const [name = ''] = splitOnce(parameter, '=');
    names.set(name, [...(names.get(name) ?? []), parameter]);
  }
  return [...names.values()].map((parameters) => parameters.join('&'));
}

function splitOnce(text: string, at: string): readonly string[] {
  const place = text.indexOf(at);
  return place === -1 ? [text] : [text.slice(0, place), text.slice(place + 1)];
}

/**
 * The parameters by which a page of Sentry looks at the same projects, environments and time.
 *
 * @param from `now-14d` with an end of now is shown as `statsPeriod`, which goes on with the time
 */
export function scopeOfPage(
  { projects, isCut, environments }: Scope,
  span: Span,
  { from, to }: { readonly from: string; readonly to: string },
): readonly (readonly [string, string])[] {
  const period = /^now-(\d+[smhdw])$/.exec(from)?.[1];
  const moment = (at: number): string => new Date(at).toISOString().slice(0, 19);
  return [
    ...(period !== undefined && to === 'now'
      ? [['statsPeriod', period] as const]
      : [['start', moment(span.start)] as const, ['end', moment(span.end)] as const, ['utc', 'true'] as const]),
    ...environments.map((environment) => ['environment', environment] as const),
    ...(isCut ? projects.map(({ id }) => id) : ['-1']).map((id) => ['project', id] as const),
  ];
}

/** A path with parameters, for `sourceOf`. */
export function pageOf(path: string, parameters: readonly (readonly [string, string])[]): string {
  const query = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value])).toString();
  // these may stand in a query as they are, and make it shorter
  return `${path}?${query.replaceAll(/%(3A|28|29|2C)/g, decodeURIComponent)}`;
}

export function renderSource({ web, api }: z.output<typeof source>): string {
  return `Web: ${web}\nAPI: ${api}`;
}
