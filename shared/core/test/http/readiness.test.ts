import { describe, expect, test } from 'vitest';
import { ToolError } from '../../src/errors/tool-error.ts';
import { fakeClock } from '../../src/testing/clock.ts';
import type { AuditEvent } from '../../src/audit/types.ts';
import { notebookServer } from '../fixtures/notebook.ts';
import { startNotebook } from './notebook-http.ts';
import { raw } from './raw.ts';

describe('/readyz', () => {
  test('names the backend when it cannot be reached, without saying why, and looks again after 5 s', async () => {
    const clock = fakeClock();
    let down = true;
    let looked = 0;
    await using served = await startNotebook({
      clock,
      server: (notebook) => ({
        ...notebookServer(notebook),
        async doctor() {
          looked += 1;
          if (down) throw new ToolError('backend_unreachable', 'no answer from db.internal');
          return [];
        },
      }),
    });
    const ready = () => raw({ port: served.port, path: '/readyz' });
    expect(await ready()).toMatchObject({ status: 503, json: { status: 'not ready', notReady: ['backend'] } });
    down = false;
    expect((await ready()).status).toBe(503);
    expect(looked).toBe(1);
    clock.advance(5000);
    expect(await ready()).toMatchObject({ status: 200, json: { status: 'ok' } });
    expect((await raw({ port: served.port, path: '/healthz' })).status).toBe(200);
  });

  test('names the settings when a call could only answer not_configured', async () => {
    await using served = await startNotebook({ argv: ['--max-targets', 'many'] });
    expect(await raw({ port: served.port, path: '/readyz' })).toMatchObject({
      status: 503,
      json: { notReady: ['settings'] },
    });
  });

  test('names the audit log while it cannot be written, and finds out by itself when it can', async () => {
    const clock = fakeClock();
    let lost = 0;
    let writable = false;
    const record = async (event: AuditEvent) => {
      if (writable) lost = 0;
      else if (event.type !== 'config' || lost > 0) lost += 1;
      return { written: writable };
    };
    await using served = await startNotebook({
      clock,
      replace: (real) => ({
        audit: async () => {
          const log = await real.audit();
          return { ...log, record, status: () => ({ ...log.status(), lost }), close: () => log.close('test') };
        },
      }),
    });
    await raw({ port: served.port, path: '/healthz', headers: { host: 'evil.example' } });
    const ready = () => raw({ port: served.port, path: '/readyz' });
    expect(await ready()).toMatchObject({ status: 503, json: { notReady: ['audit log'] } });
    writable = true;
    clock.advance(5000);
    expect((await ready()).status).toBe(200);
  });
});
