import assert from 'node:assert/strict';
import { errorOf } from '../client.ts';
import { poison } from '../poison.ts';
import { answerText, assertClean, wholeAnswer } from './answer-checks.ts';
import { canary, hiddenCharacters, injections } from './corpus.ts';
import { opened } from './open.ts';
import type { Attack, ContractCase } from './types.ts';

const texts = [...injections, ...hiddenCharacters.map(({ text }) => `${canary}${text}`)];

/** A backend whose every text is hostile: hidden characters, planted instructions, fences of their own. */
export function hostileData(attack: Attack): readonly ContractCase[] {
  return [
    {
      name: 'hostile data stays data',
      async run() {
        for (const text of texts) await withPoison(attack, text);
      },
    },
  ];
}

function withPoison(attack: Attack, text: string): Promise<void> {
  return opened(attack, { backend: (real) => poison(real, text, attack.options.keep) }, async ({ call }) => {
    const answer = await call();
    const shown = answerText(answer);
    assert.notEqual(errorOf(answer)?.code, 'internal', shown);
    assertClean(shown);
    assertFenced(shown);
    const structured = await call(undefined, { structured: true });
    assertClean(JSON.stringify(structured.structuredContent ?? '').replaceAll(/\\[nt]/g, ' '));
    assert.ok(!wholeAnswer(structured).includes(String.raw`\ud800`), 'a lone surrogate left');
  });
}

/** Every line that shows backend text shows it inside a code quote or behind the fence of data lines. */
function assertFenced(text: string): void {
  for (const line of text.split('\n').filter((one) => one.includes(canary))) {
    if (line.startsWith('│ ')) continue;
    const outside = line.replaceAll(/`[^`]*`/g, '');
    assert.ok(!outside.includes(canary), `backend text outside of a fence: ${line.slice(0, 300)}`);
  }
}
