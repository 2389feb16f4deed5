import { expect, it } from 'vitest';
import { exitMeaning, signalNumber } from './exit-codes.ts';

it.each([
  [0, 'finished without error'],
  [3, 'an error of the application'],
  [126, 'the command cannot be executed: no permission, or no program'],
  [127, 'the command was not found'],
  [134, 'SIGABRT: abort, by a failed assertion or the runtime itself'],
  [137, 'SIGKILL: killed without warning'],
  [139, 'SIGSEGV: segmentation fault'],
  [143, 'SIGTERM: asked to end'],
  [160, 'signal 32'],
  [255, 'an error of the application'],
])('exit code %d is %s', (code, meaning) => {
  expect(exitMeaning(code)).toBe(meaning);
});

it.each([
  ['15', 15],
  ['SIGTERM', 15],
  ['kill', 9],
  ['USR1', 10],
  ['SIGRTMIN+3', 37],
  ['SIGRTMIN', undefined],
  ['x', undefined],
  [undefined, undefined],
])('signal %s is %s', (text, number) => {
  expect(signalNumber(text)).toBe(number);
});
