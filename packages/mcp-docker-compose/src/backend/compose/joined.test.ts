import { expect, it } from 'vitest';
import { joinsOthers, withJoined } from './joined.ts';

const containers = [
  { id: 'b'.repeat(64), name: 'p-web-2', service: 'web' },
  { id: 'a'.repeat(64), name: 'p-web-10', service: 'web' },
];
const model = (service: object): string =>
  JSON.stringify({ name: 'p', services: { side: { image: 'x', ...service } } });

it.each(['network_mode', 'ipc', 'pid'])('%s of another service is that of its first container, by name', (key) => {
  const text = model({ [key]: 'service:web' });
  expect(joinsOthers(text)).toBe(true);
  expect(JSON.parse(withJoined(text, containers))).toEqual(JSON.parse(model({ [key]: `container:${'a'.repeat(64)}` })));
});

it('nothing else is changed: other modes, other keys, a service without containers', () => {
  const text = model({
    network_mode: 'service:gone',
    pid: 'host',
    labels: { pid: 'service:web' },
    command: ['service:web'],
  });
  expect(JSON.parse(withJoined(text, containers))).toEqual(JSON.parse(text));
  expect(joinsOthers(model({ network_mode: 'host' }))).toBe(false);
});
