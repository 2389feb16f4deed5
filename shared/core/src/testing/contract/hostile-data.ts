import assert from 'node:assert/strict';
import { errorOf } from '../client.ts';
import { poison } from '../poison.ts';
import { answerText, assertClean, wholeAnswer } from './answer-checks.ts';
import { canary, hiddenCharacters, injections } from './corpus.ts';
import { opened } from './open.ts';
import type { Attack, ContractCase } from './types.ts';

/** Backends whose every text is hostile: hidden characters, planted instructions, fences of their own. */
export function hostileData(attack: Attack): readonly ContractCase[] {
  const texts = [...injections, ...hiddenCharacters.map(({ text }) => `${canary}${text}`)];
  return texts.map((text, index) => ({
    name: `hostile data ${index + 1} stays data`,
    run: () =>
      opened(attack, { backend: (real) => poison(real, text, attack.options.keep) }, async ({ call }) => {
        for (const structured of [false, true]) {
          const answer = await call(undefined, { structured });
          assert.notEqual(errorOf(answer)?.code, 'internal', answerText(answer));
          assertClean(
            structured ? JSON.stringify(answer.structuredContent ?? '').replaceAll(/\\[nt]/g, ' ') : answerText(answer),
          );
          if (!structured) assertFenced(answerText(answer));
          assert.ok(!wholeAnswer(answer).includes('\\ud800'), 'a lone surrogate left');
        }
      }),
  }));
}

/** Every line that shows backend text shows it inside a code quote or behind the fence of data lines. */
function assertFenced(text: string): void {
  for (const line of text.split('\n').filter((one) => one.includes(canary))) {
    if (line.startsWith('│ ')) continue;
    const outside = line.replaceAll(/`[^`]*`/g, '');
    assert.ok(!outside.includes(canary), `backend text outside of a fence: ${line.slice(0, 300)}`);
  }
}
