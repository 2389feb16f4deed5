import assert from 'node:assert/strict';
import { errorOf } from '../client.ts';
import { answerText, auditEvents } from './answer-checks.ts';
import { opened, type OpenOverrides } from './open.ts';
import type { Attack, ContractCase } from './types.ts';

/** Tools above the ceiling or on a deny list: not listed, refused by name, audited, nothing reached. */
export function refusals(attack: Attack): readonly ContractCase[] {
  const cases: ContractCase[] = [
    refused(attack, 'a denied tool', { argv: ['--deny-tools', attack.tool.name] }, 'tool_denied'),
  ];
  if (attack.tool.risk !== 'read')
    cases.push(refused(attack, 'a tool above the ceiling', { allow: 'read' }, 'not_allowed'));
  if (attack.tool.risk === 'destructive') {
    cases.push(refused(attack, 'a destructive tool under a write ceiling', { allow: 'write' }, 'not_allowed'));
  }
  return cases;
}

function refused(attack: Attack, what: string, overrides: OpenOverrides, code: string): ContractCase {
  return {
    name: `${what} is not listed, and refused when called by name`,
    async run() {
      let reached = false;
      const backend = (real: Awaited<ReturnType<Attack['options']['connect']>>) => {
        reached = true;
        return real;
      };
      await opened(attack, { ...overrides, backend }, async ({ call, connected, folder }) => {
        const { tools } = await connected.client.listTools();
        assert.ok(!tools.some((tool) => tool.name === attack.tool.name), 'it is listed');
        const answer = await call();
        assert.equal(errorOf(answer)?.code, code, answerText(answer));
        await connected.close();
        const events = await auditEvents(folder);
        assert.ok(
          events.some((event) => event.outcome?.code === code),
          'the refusal is not in the audit log',
        );
      });
      assert.equal(reached, false, 'the backend was reached');
    },
  };
}
