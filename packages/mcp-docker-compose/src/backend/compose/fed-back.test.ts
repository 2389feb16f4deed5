import { expect, it } from 'vitest';
import { fedBack } from './fed-back.ts';

it('turns what Compose prints into what it reads', () => {
  // as 2.26 and 2.40 print it
  const printed = {
    name: 'p',
    services: {
      movie: {
        blkio_config: {
          weight: 300,
          device_read_bps: [{ Path: '/dev/sda', Rate: '12582912' }],
          weight_device: [{ Path: '/dev/sda', Weight: 400 }],
        },
        environment: { OFFSET: '-1' },
        mem_limit: '67108864',
        memswap_limit: '-1',
      },
    },
    networks: { default: { name: 'p_default' } },
  };
  expect(JSON.parse(fedBack(JSON.stringify(printed)))).toEqual({
    ...printed,
    services: {
      movie: {
        blkio_config: {
          weight: 300,
          device_read_bps: [{ path: '/dev/sda', rate: '12582912' }],
          weight_device: [{ path: '/dev/sda', weight: 400 }],
        },
        environment: { OFFSET: '-1' },
        mem_limit: '67108864',
        memswap_limit: -1,
      },
    },
  });
});

it('leaves any other model as it is', () => {
  const text = '{"name": "p",  "services": {"movie": {"image": "x"}}}';
  expect(fedBack(text)).toBe(text);
});
