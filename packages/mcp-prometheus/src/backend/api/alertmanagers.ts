import { setTimeout as delay } from 'node:timers/promises';
import { isToolError, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import type { Alertmanagers, ManagedAlert, Silence, UnaskedMember } from '../../model/alertmanager.ts';
import { addressOf, notTheApi, replyError } from '../http/errors.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { type Outgoing, send } from '../http/send.ts';
import { parsed } from './parsed.ts';
import { timeOf } from './times.ts';

const agreementMs = 5000;
const lookEveryMs = 100;

const labelMap = z.record(z.string(), z.string()).default({});

const alerts = z.array(
  z.object({
    fingerprint: z.string(),
    labels: labelMap,
    annotations: labelMap,
    startsAt: z.string().default(''),
    endsAt: z.string().default(''),
    updatedAt: z.string().default(''),
    receivers: z.array(z.object({ name: z.string() })).default([]),
    status: z.object({
      state: z.enum(['active', 'suppressed', 'unprocessed']),
      silencedBy: z.array(z.string()).nullish(),
      inhibitedBy: z.array(z.string()).nullish(),
      mutedBy: z.array(z.string()).nullish(),
    }),
  }),
);

const silence = z.object({
  id: z.string(),
  status: z.object({ state: z.enum(['active', 'pending', 'expired']) }),
  matchers: z.array(
    z.object({ name: z.string(), value: z.string(), isRegex: z.boolean(), isEqual: z.boolean().default(true) }),
  ),
  startsAt: z.string(),
  endsAt: z.string(),
  updatedAt: z.string().default(''),
  createdBy: z.string().default(''),
  comment: z.string().default(''),
});

/** Members of one cluster: reading asks all and merges, changing asks the first that answers, since they gossip. */
export function createAlertmanagers(members: readonly Endpoint[], timeoutMs: number): Alertmanagers {
  const ask = async (
    member: Endpoint,
    outgoing: Pick<Outgoing, 'method' | 'path' | 'parameters' | 'json'>,
    signal: AbortSignal,
  ) => {
    const repeatable = outgoing.method === 'GET';
    const reply = await send(member, { ...outgoing, path: `/api/v2/${outgoing.path}`, timeoutMs, repeatable }, signal);
    if (reply.status >= 400) throw replyError(reply, member, saidIn(reply.text));
    try {
      return reply.text === '' ? undefined : (JSON.parse(reply.text) as unknown);
    } catch {
      throw notTheApi(reply, member); // no JSON, so not the API
    }
  };
  const askAll = async <Item>(read: (member: Endpoint) => Promise<readonly Item[]>) => {
    if (members.length === 0) throw noneKnown();
    const unasked: UnaskedMember[] = [];
    const answers = await Promise.all(
      members.map(async (member) => {
        try {
          return await read(member);
        } catch (error) {
          if (!isToolError(error) || members.length === 1) throw error;
          unasked.push({ address: addressOf(member), why: error.message });
          return undefined;
        }
      }),
    );
    const asked = answers.filter((answer) => answer !== undefined);
    if (asked.length === 0)
      throw new ToolError('backend_unreachable', 'no Alertmanager answers', {
        hint: unasked.map(({ why }) => why).join('; '),
      });
    return { items: asked.flat(), unasked };
  };
  const askOne = async (
    outgoing: Pick<Outgoing, 'method' | 'path' | 'json'>,
    signal: AbortSignal,
  ): Promise<unknown> => {
    let failure: unknown = noneKnown();
    for (const member of members) {
      try {
        return await ask(member, outgoing, signal);
      } catch (error) {
        // only where it certainly did not arrive may another member be asked
        if (!isToolError(error) || error.code !== 'backend_unreachable') throw error;
        failure = error;
      }
    }
    throw failure;
  };
  const listAlerts: Alertmanagers['alerts'] = async (filters, signal) => {
    const parameters = new URLSearchParams();
    for (const filter of filters) parameters.append('filter', filter);
    const { items, unasked } = await askAll(async (member) =>
      parsed(alerts, await ask(member, { method: 'GET', path: 'alerts', parameters }, signal), 'alerts').map(
        managedAlert,
      ),
    );
    return { alerts: [...new Map(items.map((alert) => [alert.fingerprint, alert])).values()], unasked };
  };
  return {
    addresses: members.map(addressOf),
    alerts: listAlerts,
    async silences(signal) {
      const { items, unasked } = await askAll(async (member) =>
        parsed(z.array(silence), await ask(member, { method: 'GET', path: 'silences' }, signal), 'silences').map(
          silenceOf,
        ),
      );
      return { silences: [...new Map(items.map((one) => [one.id, one])).values()], unasked };
    },
    async silence(id, signal) {
      try {
        return silenceOf(
          parsed(
            silence,
            await askOne({ method: 'GET', path: `silence/${encodeURIComponent(id)}` }, signal),
            'a silence',
          ),
        );
      } catch (error) {
        if (isToolError(error) && error.code === 'backend_not_found') return undefined;
        throw error;
      }
    },
    async saveSilence(draft, signal) {
      const json = {
        ...draft,
        startsAt: new Date(draft.startsAt).toISOString(),
        endsAt: new Date(draft.endsAt).toISOString(),
      };
      const answer = await askOne({ method: 'POST', path: 'silences', json }, signal);
      return parsed(z.object({ silenceID: z.string() }), answer, 'the id of a silence').silenceID;
    },
    async afterSilence(id, { filters, silenced }, signal) {
      const until = performance.now() + agreementMs;
      for (;;) {
        const { alerts: now } = await listAlerts(filters, signal);
        const isSettled = now.every(({ silencedBy }) => silencedBy.includes(id) === silenced);
        if (isSettled || performance.now() > until) return now;
        await delay(lookEveryMs, undefined, { signal });
      }
    },
    async expireSilence(id, signal) {
      await askOne({ method: 'DELETE', path: `silence/${encodeURIComponent(id)}` }, signal);
    },
  };
}

function noneKnown(): ToolError {
  return new ToolError('not_configured', 'no Alertmanager is known', {
    hint: 'Set --alertmanager-url (ALERTMANAGER_URL), or name it in the alerting block of prometheus.yml.',
  });
}

/** Alertmanager answers errors as a JSON string or as text. */
function saidIn(text: string): string {
  return text.replace(/^"|"\s*$/g, '').slice(0, 300);
}

function managedAlert(one: z.output<typeof alerts>[number]): ManagedAlert {
  return {
    fingerprint: one.fingerprint,
    labels: one.labels,
    annotations: one.annotations,
    state: one.status.state,
    silencedBy: one.status.silencedBy ?? [],
    inhibitedBy: one.status.inhibitedBy ?? [],
    mutedBy: one.status.mutedBy ?? [],
    receivers: one.receivers.map(({ name }) => name),
    startsAt: timeOf(one.startsAt),
    endsAt: timeOf(one.endsAt),
    updatedAt: timeOf(one.updatedAt),
  };
}

function silenceOf(one: z.output<typeof silence>): Silence {
  return {
    id: one.id,
    state: one.status.state,
    matchers: one.matchers,
    startsAt: timeOf(one.startsAt),
    endsAt: timeOf(one.endsAt),
    updatedAt: timeOf(one.updatedAt),
    createdBy: one.createdBy,
    comment: one.comment,
  };
}
