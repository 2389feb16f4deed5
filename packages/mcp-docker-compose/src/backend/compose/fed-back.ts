import { type Raw, recordOf } from '../../analysis/records/record-of.ts';

/**
 * A resolved model in the form that Compose reads again. Two things it prints otherwise than it takes them (2.26 and 2.40):
 * "no limit" of memory as the text `-1` ("invalid size: '-1'"), and devices of `blkio_config` with capital keys ("additional
 * properties 'Path', 'Rate' not allowed").
 */
export function fedBack(text: string): string {
  if (!text.includes('"-1"') && !text.includes('"blkio_config"')) return text;
  const model = recordOf(JSON.parse(text));
  return JSON.stringify({
    ...model,
    services: mapped(recordOf(model.services), (service) => readable(recordOf(service))),
  });
}

function readable(service: Raw): Raw {
  return mapped(service, (value, key) => {
    if (key === 'blkio_config')
      return mapped(recordOf(value), (list) => (Array.isArray(list) ? list.map(uncapitalised) : list));
    return (key === 'mem_limit' || key === 'memswap_limit') && value === '-1' ? -1 : value;
  });
}

function uncapitalised(device: unknown): Raw {
  return Object.fromEntries(Object.entries(recordOf(device)).map(([key, value]) => [key.toLowerCase(), value]));
}

/** The same record with other values. */
export function mapped(record: Raw, change: (value: unknown, key: string) => unknown): Raw {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
