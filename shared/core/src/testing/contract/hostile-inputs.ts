import assert from 'node:assert/strict';
import { errorOf } from '../client.ts';
import { answerText, assertClean, auditEvents } from './answer-checks.ts';
import { hostileNames, strangeArguments } from './corpus.ts';
import { opened } from './open.ts';
import { oversizeArguments } from './oversize.ts';
import type { Attack, ContractCase } from './types.ts';

/** Arguments that break rules or try to become something else: answered, audited, never a fault. */
export function hostileInputs(attack: Attack): readonly ContractCase[] {
  return [strange(attack), oversize(attack), ...attack.tool.stringFields.map((field) => hostileNamesIn(attack, field))];
}

function strange(attack: Attack): ContractCase {
  return {
    name: 'arguments of any JSON shape are answered and audited',
    run: () =>
      opened(attack, {}, async ({ call, folder, connected }) => {
        for (const args of strangeArguments) {
          const answer = await call(args as Readonly<Record<string, unknown>>);
          assert.notEqual(errorOf(answer)?.code, 'internal', answerText(answer));
          assertClean(answerText(answer));
        }
        assert.equal(({} as { polluted?: boolean }).polluted, undefined, 'the prototype was polluted');
        await connected.close();
        const events = await auditEvents(folder);
        const seen = events.filter((event) => event.action?.tool === attack.tool.name);
        assert.ok(
          seen.length >= strangeArguments.length,
          `${strangeArguments.length} calls left ${seen.length} records`,
        );
      }),
  };
}

function oversize(attack: Attack): ContractCase {
  return {
    name: 'oversize input is refused before it is looked at',
    run: () =>
      opened(attack, {}, async ({ call }) => {
        for (const { name, args } of oversizeArguments()) {
          const answer = await call(args);
          const code = errorOf(answer)?.code;
          assert.ok(code === 'too_large' || code === 'invalid_input', `${name}: ${code ?? 'no error'}`);
          assert.ok(answerText(answer).length < 2000, `${name}: the refusal repeats the input`);
        }
      }),
  };
}

function hostileNamesIn(attack: Attack, field: string): ContractCase {
  return {
    name: `hostile values of ${field} are names or refusals, never commands`,
    run: () =>
      opened(attack, {}, async ({ call }) => {
        for (const value of hostileNames) {
          const answer = await call({ ...attack.tool.input, [field]: value });
          assert.notEqual(errorOf(answer)?.code, 'internal', `${JSON.stringify(value)}: ${answerText(answer)}`);
          assertClean(answerText(answer));
        }
      }),
  };
}
