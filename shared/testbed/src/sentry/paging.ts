import { ApiError } from './api-error.ts';
import type { Answer, Call } from './route.ts';

/** A host that no client may follow: servers behind proxies name wrong ones. */
const wrongOrigin = 'http://internal.invalid';

export interface Page {
  readonly offset: number;
  readonly size: number;
}

/** @throws ApiError 400 for a bad size or cursor */
export function pageOf(call: Call, sizeName: 'per_page' | 'limit' = 'per_page', usual = 100, most = 100): Page {
  const size = Number(call.query.get(sizeName) ?? usual);
  if (!Number.isInteger(size) || size < 1 || size > most)
    throw new ApiError(400, `Invalid ${sizeName} value. Must be between 1 and ${most}.`);
  const cursor = call.query.get('cursor');
  const match = /^-?\d+:(\d+):[01]$/.exec(cursor ?? '0:0:0');
  if (!match) throw new ApiError(400, 'Invalid cursor parameter.');
  return { offset: Number(match[1]), size };
}

function link(call: Call, offset: number, relation: 'previous' | 'next', hasResults: boolean): string {
  const query = new URLSearchParams(call.query);
  query.delete('cursor');
  const cursor = `0:${offset}:${relation === 'previous' ? 1 : 0}`;
  const rest = query.size > 0 ? `&${query.toString()}` : '';
  return `<${wrongOrigin}${call.path}?${rest}&cursor=${cursor}>; rel="${relation}"; results="${hasResults}"; cursor="${cursor}"`;
}

export function linkHeader(call: Call, page: Page, hasMore: boolean): Record<string, string> {
  const previous = link(call, Math.max(0, page.offset - page.size), 'previous', page.offset > 0);
  return { Link: `${previous}, ${link(call, page.offset + page.size, 'next', hasMore)}` };
}

/** The page of `items` that the request asks for, each shown by `show`, with its Link header. */
export function answerPage<Item>(
  call: Call,
  items: readonly Item[],
  show: (item: Item) => unknown,
  page: Page = pageOf(call),
): Answer {
  const shown = items.slice(page.offset, page.offset + page.size).map(show);
  return { body: shown, headers: linkHeader(call, page, items.length > page.offset + page.size) };
}
