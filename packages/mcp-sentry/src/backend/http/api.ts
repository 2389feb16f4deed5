import type { IncomingHttpHeaders } from 'node:http';
import { attempt, isToolError, ToolError } from '@cinecom/mcp-core';
import { fieldsOf, listOf, textOf } from '../../model/told.ts';
import type { Endpoint } from './endpoint.ts';
import { type Asked, notTheApi, replyError } from './errors.ts';
import { nextCursor } from './next-cursor.ts';
import { unknownEnvironment } from './not-found.ts';
import { type Retrying, withRetries } from './retry.ts';
import { type PathParts, pathOf, type RouteName, routes } from './routes.ts';
import { type Reply, send } from './send.ts';
import { createTurns } from './turns.ts';

const readsAtOnce = 4;
const perPage = 100;
const mostPages = 20;

export interface ApiAnswer {
  /** As it came: every field may be missing. */
  readonly body: unknown;
  /** Of the next page; undefined on the last. */
  readonly cursor: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** The web API of one organisation's region, errors translated. */
export interface SentryApi {
  get(route: RouteName, parts: PathParts, query: URLSearchParams, signal: AbortSignal): Promise<ApiAnswer>;
  /** Page by page to the end, at most `most` items and 20 pages. */
  all(
    route: RouteName,
    parts: PathParts,
    query: URLSearchParams,
    most: number,
    signal: AbortSignal,
  ): Promise<readonly unknown[]>;
  /** The same, and whether there are more. */
  list(
    route: RouteName,
    parts: PathParts,
    query: URLSearchParams,
    most: number,
    signal: AbortSignal,
  ): Promise<{ readonly items: readonly unknown[]; readonly isCut: boolean }>;
  /** Never tried again: what became of it is read. @throws ToolError with `applied` */
  change(
    route: RouteName,
    parts: PathParts,
    query: URLSearchParams,
    json: unknown,
    signal: AbortSignal,
  ): Promise<ApiAnswer>;
}

export interface ApiOptions extends Retrying {
  readonly endpointOf: (organization: string | undefined, signal: AbortSignal) => Promise<Endpoint>;
  readonly timeoutMs: number;
}

export function createApi(options: ApiOptions): SentryApi {
  const turns = createTurns(readsAtOnce);
  const get: SentryApi['get'] = async (route, parts, query, signal) => {
    const endpoint = await options.endpointOf(parts['organization'], signal);
    const outgoing = { method: 'GET', path: pathOf(route, parts), query, timeoutMs: options.timeoutMs } as const;
    const ask = () => turns.take(() => send(endpoint, outgoing, signal), signal);
    const reply = await withRetries(ask, options, signal);
    if (reply.status === 404) await checkEnvironments(parts['organization'], query.getAll('environment'), signal);
    return answerOf(reply, endpoint, { route, parts }, options.now());
  };
  /** @throws ToolError `invalid_input` where it is an environment that Sentry does not know */
  const checkEnvironments = async (
    organization: string | undefined,
    asked: readonly string[],
    signal: AbortSignal,
  ): Promise<void> => {
    if (organization === undefined || asked.length === 0) return;
    const { value } = await attempt(
      'environments',
      get('environments', { organization }, new URLSearchParams(), signal),
    );
    const known = value && listOf(value.body).flatMap((item) => textOf(fieldsOf(item)['name']) ?? []);
    const unknown = known && unknownEnvironment(asked, known);
    if (unknown !== undefined) throw unknown;
  };
  const list: SentryApi['list'] = async (route, parts, query, most, signal) => {
    const items: unknown[] = [];
    const paged = new URLSearchParams(query);
    let hasMore = false;
    for (let pages = 1; pages <= mostPages; pages += 1) {
      const { body, cursor } = await get(route, parts, paged, signal);
      if (Array.isArray(body)) items.push(...(body as unknown[]));
      hasMore = cursor !== undefined;
      if (cursor === undefined || items.length >= most) break;
      paged.set('cursor', cursor);
    }
    return { items: items.slice(0, most), isCut: hasMore || items.length > most };
  };
  return {
    get,
    list,
    all: async (...asked) => (await list(...asked)).items,
    async change(route, parts, query, json, signal) {
      const endpoint = await options.endpointOf(parts['organization'], signal);
      const [method] = routes[route];
      if (method === 'GET') throw new TypeError(`${route} changes nothing`);
      const outgoing = { method, path: pathOf(route, parts), query, json, timeoutMs: options.timeoutMs };
      const reply = await send(endpoint, outgoing, signal).catch((error: unknown) => {
        throw ambiguous(error);
      });
      try {
        return answerOf(reply, endpoint, { route, parts }, options.now());
      } catch (error) {
        // only a refusal of Sentry itself says that nothing was done: what stands in front of it does not know
        throw reply.status < 400 || reply.status >= 500 ? unknown(error) : error;
      }
    },
  };
}

/** Query parameters with an own `per_page`, for lists that are read to their end. */
export function paged(query: URLSearchParams = new URLSearchParams()): URLSearchParams {
  const all = new URLSearchParams(query);
  all.set('per_page', String(perPage));
  return all;
}

/** The connection broke under a change: whether it was made is not known. Only a refused one certainly never arrived. */
function ambiguous(error: unknown): unknown {
  if (!isToolError(error) || error.code !== 'backend_unreachable' || error.applied === 'no') return error;
  const refused = error.cause instanceof Error && 'code' in error.cause && error.cause.code === 'ECONNREFUSED';
  return refused ? error : unknown(error);
}

function unknown(error: unknown): unknown {
  if (!isToolError(error)) return error;
  return new ToolError(error.code, error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.backendText === undefined ? {} : { backendText: error.backendText }),
    applied: 'unknown',
    cause: error.cause,
  });
}

function answerOf(reply: Reply, endpoint: Endpoint, asked: Asked, now: number): ApiAnswer {
  if (reply.status >= 400) throw replyError(reply, endpoint, asked, now);
  const cursor = nextCursor(reply.headers.link);
  if (reply.text === '') return { body: undefined, cursor, headers: reply.headers };
  try {
    return { body: JSON.parse(reply.text), cursor, headers: reply.headers };
  } catch {
    throw notTheApi(reply, endpoint); // no JSON, so not the API
  }
}
