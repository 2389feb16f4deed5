import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { askHidden, type Terminal } from './hidden-input.ts';

function fakeTerminal() {
  const modes: boolean[] = [];
  const terminal = Object.assign(new EventEmitter(), {
    setRawMode: (raw: boolean) => modes.push(raw),
    resume: () => undefined,
    pause: () => undefined,
  });
  return { terminal: terminal as unknown as Terminal, type: (text: string) => terminal.emit('data', text), modes };
}

describe('askHidden', () => {
  it('reads one line without echo, with corrections, and gives the terminal back', async () => {
    const { terminal, type, modes } = fakeTerminal();
    const shown: string[] = [];
    const answer = askHidden('Password: ', terminal, (text) => shown.push(text));
    for (const key of ['12', '9', '\u007F', '3456', '\r']) type(key);
    expect(await answer).toBe('123456');
    expect(shown.join('')).toBe('Password: \n');
    expect(modes).toEqual([true, false]);
    expect((terminal as unknown as EventEmitter).listenerCount('data')).toBe(0);
  });

  it('gives up at Ctrl-C', async () => {
    const { terminal, type, modes } = fakeTerminal();
    const answer = askHidden('Password: ', terminal, () => undefined);
    type('12\u0003');
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
    expect(modes).toEqual([true, false]);
  });

  it('gives the terminal back when the command is to end', async () => {
    const { terminal, modes } = fakeTerminal();
    const ending = new AbortController();
    const answer = askHidden('Password: ', terminal, () => undefined, ending.signal);
    ending.abort();
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
    expect(modes).toEqual([true, false]);
  });
});
