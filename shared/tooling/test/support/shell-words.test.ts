import { describe, expect, it } from 'vitest';
import { shellWords } from './shell-words.ts';

describe('shellWords', () => {
  it('parts at blanks and keeps quoted text together, as a shell does', () => {
    const line = `claude mcp  add x -e 'A=b c?d=1&e' -e B="two words"' more' -- run --flag`;
    const words = ['claude', 'mcp', 'add', 'x', '-e', 'A=b c?d=1&e', '-e', 'B=two words more', '--', 'run', '--flag'];
    expect(shellWords(line)).toEqual(words);
    expect(shellWords('')).toEqual([]);
  });

  it.each(['echo $HOME', 'a | b', 'a; b', 'a "$B"', "it's", 'a `b`', 'a > b', 'a \\ b'])('refuses %s', (line) => {
    expect(() => shellWords(line)).toThrow('needs a shell');
  });
});
