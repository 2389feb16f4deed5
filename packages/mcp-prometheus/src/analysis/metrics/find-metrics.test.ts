import { describe, expect, it } from 'vitest';
import type { MetricMetadata } from '../../model/query.ts';
import { findMetrics, nearbyMetrics, readyQuery } from './find-metrics.ts';

const names = [
  'up',
  'http_requests_total',
  'http_request_duration_seconds_bucket',
  'http_request_duration_seconds_count',
  'node_filesystem_avail_bytes',
  'node_memory_MemAvailable_bytes',
  'shop_queue',
];
const about = (type: string, help: string): MetricMetadata => ({ type, help, unit: '' });
const metadata = new Map([
  ['http_requests_total', about('counter', 'Requests answered.')],
  ['http_request_duration_seconds', about('histogram', 'How long answers take.')],
  ['shop_queue', about('gauge', 'Mails that wait to be sent.')],
]);

const found = (text: string, kind?: 'counter' | 'gauge' | 'histogram') =>
  findMetrics(text, names, metadata, kind).map(({ name }) => name);

describe('searching metrics', () => {
  it('puts the exact name first, then beginnings, words, parts and help', () => {
    expect(found('up')).toEqual(['up']);
    expect(found('http')[0]).toBe('http_requests_total');
    expect(found('queue')).toEqual(['shop_queue']);
    expect(found('mails wait')).toEqual(['shop_queue']);
    expect(found('http duration')).toEqual([
      'http_request_duration_seconds_count',
      'http_request_duration_seconds_bucket',
    ]);
  });

  it('knows what operators say, in English and Japanese', () => {
    expect(found('latency')).toContain('http_request_duration_seconds_bucket');
    expect(found('disk')).toEqual(['node_filesystem_avail_bytes']);
    expect(found('メモリ')).toEqual(['node_memory_MemAvailable_bytes']);
  });

  it('goes by the kind, of parts of a histogram too', () => {
    expect(found('http', 'histogram')).toHaveLength(2);
    expect(found('http', 'counter')).toEqual(['http_requests_total']);
    expect(found('nothing like it')).toEqual([]);
    expect(nearbyMetrics('http_request_total', names)).toEqual(['http_requests_total']);
  });

  it('gives a query that fits the kind', () => {
    expect(readyQuery({ name: 'a_total', kind: 'counter' })).toBe('sum by (job) (rate(a_total[5m]))');
    expect(readyQuery({ name: 'a_bucket', kind: 'histogram' })).toContain('histogram_quantile');
    expect(readyQuery({ name: 'a_count', kind: 'histogram' })).toBe('sum by (job) (rate(a_count[5m]))');
    expect(readyQuery({ name: 'a', kind: 'gauge' })).toBe('a');
  });
});
