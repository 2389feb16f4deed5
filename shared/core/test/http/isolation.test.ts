import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { errorOf, textOf } from '../../src/testing/client.ts';
import { startNotebook } from './notebook-http.ts';

test('fifty clients at once see their own answers only, and are recorded as themselves', async () => {
  const people = Array.from({ length: 50 }, (_, index) => ({
    name: `person${index}`,
    token: randomBytes(24).toString('base64url'),
    era: index % 2 === 0 ? ('modern' as const) : ('legacy' as const),
  }));
  const entries = people.map(({ name, token }) => `${name}:read:${token}`);
  await using served = await startNotebook({ env: { MCP_AUTH_TOKEN: entries.join(',') }, argv: ['--rate', '0'] });
  const clients = await Promise.all(people.map(({ era, token }) => served.client(era, token)));
  await Promise.all(
    clients.map(async (client, index) => {
      // Ids start at the same number in each client, so answers would be taken for one another's if they met.
      for (let round = 0; round < 4; round += 1) {
        const lines = 10 + index * 7 + round;
        const result = await client.callTool({ name: 'note_count', arguments: { lines } });
        expect(textOf(result)).toContain(`line ${lines} of ${lines}`);
        expect(textOf(result)).not.toContain(`of ${lines + 1}\n`);
      }
      const wrong = await client.callTool({ name: 'note_count', arguments: { lines: -1 - index } });
      expect(errorOf(wrong)?.code).toBe('invalid_input');
    }),
  );
  const calls = (await served.events()).filter(({ type }) => type === 'call');
  for (const [index, { name }] of people.entries()) {
    const own = calls.filter(({ actor }) => actor?.sub === `token:${name}`);
    expect(own.map(({ args }) => (args as { lines: number }).lines)).toEqual([
      ...[0, 1, 2, 3].map((round) => 10 + index * 7 + round),
      -1 - index,
    ]);
    expect(new Set(own.map(({ action }) => action?.request)).size).toBe(5);
  }
  expect(calls).toHaveLength(250);
});
