import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { WantedLimits } from '../../model/resources.ts';
import type { SourceFile } from '../../model/source-file.ts';
import { patchText, proposePatch } from './propose-patch.ts';

const mebibyte = 1024 * 1024;
const none: WantedLimits = {
  memoryBytes: undefined,
  memoryReservationBytes: undefined,
  cpus: undefined,
  pids: undefined,
};
const file = (path: string, text: string, isOnlyExtended = false): SourceFile => ({ path, text, isOnlyExtended });
const noLimits = { ...none, cpusReservation: undefined };
const movie = (raw: Record<string, never> | object = {}, limits = noLimits) => ({
  name: 'movie',
  raw: JSON.parse(JSON.stringify(raw)) as Record<string, never>,
  limits,
});
const plain = [file('compose.yml', 'services:\n  movie:\n    image: x\n')];
const wanted: WantedLimits = {
  memoryBytes: 128 * mebibyte,
  memoryReservationBytes: 64 * mebibyte,
  cpus: 0.5,
  pids: 50,
};
const written = (raw: object, want = wanted, sources = plain): string => {
  const proposal = proposePatch(sources, movie(raw), want);
  return proposal.kind === 'patch' ? patchText(proposal.lines) : JSON.stringify(proposal);
};

describe('the form of limits', () => {
  const deployed =
    '+    deploy:\n+      resources:\n+        limits:\n+          memory: 128m\n+          cpus: "0.5"\n+          pids: 50\n+        reservations:\n+          memory: 64m';
  const old = '+    mem_limit: 128m\n+    cpus: 0.5\n+    pids_limit: 50\n+    mem_reservation: 64m';

  it.each([
    ['nothing', {}, deployed],
    ['something else below deploy', { deploy: { replicas: 2 } }, deployed],
    ['mem_limit', { mem_limit: '1' }, old],
    ['cpus alone, since Compose takes no mixture', { cpus: 0.1 }, old],
    ['a limit below deploy', { deploy: { resources: { limits: { cpus: 0.1 } } } }, deployed],
  ])('of a service that has %s', (_name, raw, text) => {
    expect(written(raw)).toBe(text);
  });

  it('is both where both are there', () => {
    const text = 'services:\n  movie:\n    mem_limit: 64M\n    deploy: { resources: { limits: { memory: "64m" } } }\n';
    const raw = { mem_limit: '67108864', deploy: { resources: { limits: { memory: '67108864' } } } };
    expect(written(raw, { ...none, memoryBytes: 96 * mebibyte }, [file('compose.yml', text)])).toBe(
      '-    mem_limit: 64M\n+    mem_limit: 96M\n-memory: "64m"\n+memory: "96m"',
    );
  });

  it('keeps swap above memory, where the file says how much', () => {
    const text = 'services:\n  movie:\n    mem_limit: 64m\n    memswap_limit: 64m\n';
    const service = movie(
      { mem_limit: '67108864', memswap_limit: '67108864' },
      { ...noLimits, memoryBytes: 64 * mebibyte },
    );
    const proposal = proposePatch([file('compose.yml', text)], service, { ...none, memoryBytes: 96 * mebibyte });
    expect(proposal).toMatchObject({
      kind: 'patch',
      lines: [{ after: '    mem_limit: 96m' }, { after: '    memswap_limit: 96m' }],
    });
  });

  it('is nothing where the files ask for it already', () => {
    expect(proposePatch(plain, movie({}, { ...noLimits, ...wanted, cpusReservation: undefined }), wanted)).toEqual({
      kind: 'same',
    });
  });
});

describe('the file that is changed', () => {
  const one = { ...none, pids: 7 };
  const base = file('base.yml', 'services:\n  movie: { image: x }\n');

  it('is the last that defines the service', () => {
    const last = file('prod.yml', 'services:\n  movie:\n    restart: always\n');
    const other = file('more.yml', 'services:\n  ticket: { image: x }\n');
    expect(proposePatch([base, last, other, file('ext.yml', base.text, true)], movie(), one)).toMatchObject({
      kind: 'patch',
      path: 'prod.yml',
      lines: [{ line: 4 }, { line: 5 }, { line: 6 }, { line: 7, after: '          pids: 7' }],
    });
  });

  it.each([
    ['services:\n  movie: { image: x }\n  ticket: { extends: movie }\n', 'another service extends it'],
    ['services:\n  movie: { image: x }\n  ticket: { extends: { service: movie } }\n', 'another service extends it'],
    ['services:\n  movie: { extends: ticket }\n  ticket: { image: x }\n', 'the service extends another'],
    ['x-m: &m { image: x }\nservices:\n  movie: *m\n', 'the service is an alias'],
    ['x-s: &s { movie: { image: x } }\nservices: *s\n', 'services is an alias'],
    ['x-s: &s { movie: { image: x } }\nservices:\n  <<: *s\n', 'the service comes by a merge key'],
    ['services:\n  movie: { image: x }\n---\n{}\n', 'no file defines the service in a way that can be read'],
  ])('is none, but a further one, for %j', (text, reason) => {
    const proposal = proposePatch([file('compose.yml', text)], movie(), wanted);
    expect(proposal).toMatchObject({ kind: 'override', reason });
    expect(proposal.kind === 'override' && parse(proposal.yaml)).toEqual({
      services: {
        movie: {
          deploy: {
            resources: { limits: { memory: '128m', cpus: '0.5', pids: 50 }, reservations: { memory: '64m' } },
          },
        },
      },
    });
  });

  it('is none where another file extends the service, or CPU is limited in another way', () => {
    const other = file('sub/other.yml', 'services:\n  ticket: { extends: { service: movie, file: ../base.yml } }\n');
    expect(proposePatch([base, other], movie(), one)).toMatchObject({ kind: 'override', path: 'base.yml' });
    expect(proposePatch([base], movie({ cpu_quota: '50000' }), wanted)).toMatchObject({
      kind: 'override',
      reason: 'cpu_quota limits its CPU already, and the engine takes only one of both',
    });
    expect(proposePatch([base], movie({ cpu_quota: '50000' }), one).kind).toBe('patch');
  });
});
