import assert from 'node:assert/strict';
import { errorOf } from '../client.ts';
import { answerText, assertNoSecret, contentOf, wholeAnswer } from './answer-checks.ts';
import { opened } from './open.ts';
import type { Attack, ContractCase } from './types.ts';

const hardCap = 40_000;

/** The ordinary answer: present, within the caps, the same in both forms, without any planted secret anywhere. */
export function answers(attack: Attack): readonly ContractCase[] {
  return [
    {
      name: 'the example input works, within the caps, and no secret of the settings shows anywhere',
      run: () =>
        opened(attack, {}, async ({ call, folder, planted, connected }) => {
          const text = await call();
          assert.equal(errorOf(text), undefined, answerText(text));
          assert.ok(answerText(text).length > 0, 'the answer is empty');
          assert.ok(answerText(text).length <= hardCap, 'the answer is over the hard cap');
          assert.equal(text.structuredContent, undefined, 'text and structured content in one answer');
          assertNoSecret(wholeAnswer(text), planted, 'the answer');
          await connected.close();
          assertNoSecret(await contentOf(folder), planted, 'the state folder');
        }),
    },
    {
      name: 'the structured answer is the same answer as data',
      run: () =>
        opened(attack, {}, async ({ call }) => {
          const text = await call();
          const structured = await call(undefined, { structured: true });
          assert.equal(errorOf(structured), undefined, answerText(structured));
          assert.ok(structured.structuredContent !== undefined, 'no structured content');
          assert.equal(answerText(structured), '', 'text beside structured content');
          const { verdict } = structured.structuredContent as { readonly verdict?: string };
          if (verdict !== undefined) {
            assert.ok(
              answerText(text).toLowerCase().startsWith(verdict),
              `the text does not lead with the verdict ${verdict}`,
            );
          }
        }),
    },
  ];
}
