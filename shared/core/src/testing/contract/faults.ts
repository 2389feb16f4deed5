import assert from 'node:assert/strict';
import { errorOf } from '../client.ts';
import { answerText, assertClean, assertNoSecret, contentOf, wholeAnswer } from './answer-checks.ts';
import { type BrokenPort, breakPort } from './broken-port.ts';
import { opened } from './open.ts';
import type { Attack, ContractCase } from './types.ts';

/** A backend that is down, slow, failing half-way, or that tells secrets in its errors; and a client that gives up. */
export function faults(attack: Attack): readonly ContractCase[] {
  return [down(attack), failing(attack, 'fail'), failing(attack, 'half'), slow(attack), cancelled(attack)];
}

function down(attack: Attack): ContractCase {
  return {
    name: 'a backend that is down is told, without its secrets',
    run: () =>
      opened(
        attack,
        { refuse: (planted) => new Error(`connect ECONNREFUSED with password=${planted}`) },
        async ({ call, planted }) => {
          const answer = await call();
          assert.equal(answer.isError, true);
          assertNoSecret(wholeAnswer(answer), planted, 'the answer');
        },
      ),
  };
}

function failing(attack: Attack, fault: 'fail' | 'half'): ContractCase {
  return {
    name: `a backend that ${fault === 'fail' ? 'fails' : 'fails half-way'} gives an error without secrets, in answer, audit and state`,
    run: () =>
      opened(
        attack,
        { backend: (real, planted) => breakPort(real, fault, `fatal: postgres://u:${planted}@h/d said no`).port },
        async ({ call, planted, folder, connected }) => {
          const answer = await call();
          assertClean(answerText(answer));
          assertNoSecret(wholeAnswer(answer), planted, 'the answer');
          await connected.close();
          assertNoSecret(await contentOf(folder), planted, 'the state folder');
        },
      ),
  };
}

function slow(attack: Attack): ContractCase {
  return {
    name: 'a backend that never answers ends in a timeout',
    run: () =>
      opened(
        attack,
        { argv: ['--timeout', '1'], backend: (real) => breakPort(real, 'hang', '').port },
        async ({ call }) => {
          const answer = await call();
          assert.ok(['timeout', 'backend_unreachable'].includes(errorOf(answer)?.code ?? ''), answerText(answer));
        },
      ),
  };
}

function cancelled(attack: Attack): ContractCase {
  return {
    name: 'a cancelled call aborts the signal that the driver was given',
    async run() {
      let broken: BrokenPort | undefined;
      const backend = (real: Awaited<ReturnType<Attack['options']['connect']>>) => {
        broken = breakPort(real, 'hang', '');
        return broken.port;
      };
      await opened(attack, { backend }, async ({ call, connected }) => {
        const giveUp = new AbortController();
        const answer = call(undefined, { signal: giveUp.signal }).catch((error: unknown) => error);
        await until(() => broken !== undefined);
        await broken!.called;
        // Of the older revision over HTTP each request stands alone: only the end of its own connection tells it apart.
        if (attack.door === 'http' && attack.era === 'legacy') await connected.client.close();
        else giveUp.abort();
        await answer;
        await connected.runtime.idle();
        assert.ok(broken!.signals.length > 0, 'no signal was handed to the driver');
        assert.ok(
          broken!.signals.every((signal) => signal.aborted),
          'the signal of the driver was not aborted',
        );
      });
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
