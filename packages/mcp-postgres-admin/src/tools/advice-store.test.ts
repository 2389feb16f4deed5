import { type Json, type JsonStore, systemClock } from '@cinecom/mcp-core';
import { expect, it } from 'vitest';
import type { Advice } from '../analysis/index-advice/advice.ts';
import type { ServerFacts } from '../model/server-facts.ts';
import { keepAdvice } from './advice-store.ts';

const facts = { systemId: '7', database: 'cinema' } as ServerFacts;

function adviceOf(ddl: string): Advice {
  return { indexes: [{ ddl, statements: [{ id: 'q1', before: 100, after: 4 }] }] } as unknown as Advice;
}

function memory(): JsonStore & { readonly files: Map<string, Json> } {
  const files = new Map<string, Json>();
  return { files, read: async (name) => files.get(name), write: async (name, value) => void files.set(name, value) };
}

const keep = (store: JsonStore, ddl: string): Promise<string> =>
  keepAdvice(store, systemClock, facts, {
    advice: adviceOf(ddl),
    statements: [{ id: 'q1', sql: 'SELECT 1 FROM t', calls: 1, totalMs: undefined, rows: 0 }],
  });

it('keeps what a restore test has to build and to time', async () => {
  const store = memory();
  const id = await keep(store, 'CREATE INDEX CONCURRENTLY t_a_idx ON public.t (a)');
  expect(store.files.get(`advice-${id}`)).toMatchObject({
    systemId: '7',
    database: 'cinema',
    indexes: ['CREATE INDEX CONCURRENTLY t_a_idx ON public.t (a)'],
    statements: [{ id: 'q1', sql: 'SELECT 1 FROM t', before: 100, after: 4 }],
  });
});

it('gives the same advice the same id, and forgets all but the last twenty', async () => {
  const store = memory();
  const first = await keep(store, 'index 0');
  expect(await keep(store, 'index 0')).toBe(first);
  const ids: string[] = [];
  for (let number = 1; number <= 20; number += 1) ids.push(await keep(store, `index ${number}`));
  expect(new Set(ids).size).toBe(20);
  expect(store.files.get(`advice-${first}`)).toBeNull();
  expect(ids.every((id) => store.files.get(`advice-${id}`) !== null)).toBe(true);
});
