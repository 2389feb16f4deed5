import assert from 'node:assert/strict';
import type { CallToolResult } from '@modelcontextprotocol/client';
import { codeOf, errorOf, type ElicitHandler } from '../client.ts';
import { answerText, auditEvents } from './answer-checks.ts';
import { type Opened, opened, type OpenOverrides } from './open.ts';
import type { Attack, ContractCase } from './types.ts';

/** Confirmations that were never given, given to someone else, given twice, or refused in the form. */
export function confirmations(attack: Attack): readonly ContractCase[] {
  if (!attack.tool.confirms) return [];
  return [
    withCode(attack, 'a forged code', 'confirm_invalid', async ({ call }) => {
      const code = codeOf(await call());
      const at = code.length - 4;
      const forged = `${code.slice(0, at)}${code[at] === 'A' ? 'B' : 'A'}${code.slice(at + 1)}`;
      return call({ ...attack.tool.input, confirm: forged });
    }),
    withCode(attack, 'a code of the wrong shape', 'confirm_invalid', ({ call }) =>
      call({ ...attack.tool.input, confirm: 'yes' }),
    ),
    withCode(attack, "another process's code", 'confirm_invalid', async ({ call }) => {
      let foreign = '';
      await opened(attack, {}, async (other) => {
        foreign = codeOf(await other.call());
      });
      return call({ ...attack.tool.input, confirm: foreign });
    }),
    ...(hasForms(attack) ? [inForm(attack, 'decline'), inForm(attack, 'cancel'), ...wrongName(attack)] : []),
    parallel(attack),
  ];
}

/** Over HTTP the server has nobody of the older revision to ask: each request stands alone. */
function hasForms({ door, era }: Attack): boolean {
  return door === 'memory' || era === 'modern';
}

function withCode(
  attack: Attack,
  what: string,
  code: string,
  attempt: (open: Opened) => Promise<CallToolResult>,
): ContractCase {
  return {
    name: `${what} applies nothing`,
    run: () =>
      opened(attack, {}, async (open) => {
        const answer = await attempt(open);
        assert.equal(errorOf(answer)?.code, code, answerText(answer));
        await assertNothingApplied(open);
      }),
  };
}

function inForm(attack: Attack, action: 'decline' | 'cancel'): ContractCase {
  return form(
    attack,
    `a form answered by ${action}`,
    () => ({ action }),
    action === 'decline' ? 'confirm_declined' : 'confirm_cancelled',
  );
}

function wrongName(attack: Attack): readonly ContractCase[] {
  if (attack.tool.risk !== 'destructive') return [];
  const elicit: ElicitHandler = ({ schema }) => ({ action: 'accept', content: filled(schema, 'wrong name') });
  return [form(attack, 'a form with the wrong name, three times,', elicit, 'confirm_declined', 'confirm_invalid')];
}

function form(attack: Attack, what: string, elicit: ElicitHandler, ...codes: readonly string[]): ContractCase {
  return {
    name: `${what} applies nothing`,
    run: () =>
      opened(attack, { elicit } satisfies OpenOverrides, async (open) => {
        const answer = await open.call();
        assert.ok(codes.includes(errorOf(answer)?.code ?? ''), answerText(answer));
        await assertNothingApplied(open);
      }),
  };
}

/** A code sent many times at once is redeemed at most once; afterwards it is used. */
function parallel(attack: Attack): ContractCase {
  return {
    name: 'a code replayed in parallel applies at most once',
    run: () =>
      opened(attack, {}, async ({ call, connected, folder }) => {
        const confirm = codeOf(await call());
        const answers = await Promise.all(Array.from({ length: 5 }, () => call({ ...attack.tool.input, confirm })));
        const later = await call({ ...attack.tool.input, confirm });
        for (const answer of [...answers, later])
          assert.notEqual(errorOf(answer)?.code, 'internal', answerText(answer));
        await connected.close();
        assert.ok((await begun(folder)) <= 1, 'more than one effect was begun');
      }),
  };
}

async function assertNothingApplied({ connected, folder }: Opened): Promise<void> {
  await connected.close();
  assert.equal(await begun(folder), 0, 'an effect was begun');
}

async function begun(folder: string): Promise<number> {
  return (await auditEvents(folder)).filter((event) => event.type === 'call.begin').length;
}

function filled(schema: Readonly<Record<string, unknown>>, text: string): Record<string, string | boolean> {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, { readonly type?: string }>);
  return Object.fromEntries(properties.map(([name, { type }]) => [name, type === 'boolean' ? true : text]));
}
