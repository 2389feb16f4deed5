import { describe, expect, it } from 'vitest';
import { connect } from '../../src/testing/connect.ts';
import { tempState } from '../../src/testing/temp-state.ts';
import { faultReportsOf } from '../../src/monitor/reports-of.ts';
import { createFaultReports } from '../../src/monitor/fault-reports.ts';
import { createNotebook, notebookServer } from '../fixtures/notebook.ts';
import { startSentry } from './sentry-double.ts';

const planted = ['planted', 'secret', '4711'].join('-');

describe('faults of the server itself', () => {
  it('reach Sentry with code and stack, and without any secret, input or output', async () => {
    await using sentry = await startSentry();
    await using state = await tempState();
    const notebook = createNotebook({ 'a private name': planted });
    const server = notebookServer(notebook);
    const broken = new Error(`no paper at postgres://writer:${planted}@db/notes`);
    broken.stack = `${broken.name}: ${broken.message}\n    at turn (/home/alice/${planted}/dist/page.js:12:34)`;
    notebook.beforeEffect = () => Promise.reject(broken);
    const options = { era: 'modern', argv: ['--allow', 'destructive', '--confirm', 'never'] } as const;
    const env = { ...state.env, SENTRY_DSN: sentry.dsn, MCP_AUTH_TOKEN: planted, MCP_AUDIT_ORIGIN: 'ops-1' };
    await using connected = await connect(server, {
      ...options,
      env,
      observers: (core, runtime) => faultReportsOf(server, core, runtime),
    });
    const arrived = sentry.next();
    await connected.client.callTool({ name: 'note_delete', arguments: { name: 'a private name' } });
    expect(await arrived).toBe(200);
    const [event] = sentry.events;
    expect(event).toMatchObject({
      level: 'error',
      release: `${server.name}@${server.version}`,
      server_name: 'ops-1',
      tags: { where: 'call', call: expect.stringMatching(/^[0-9a-f-]{36}$/) as string },
      exception: {
        values: [
          { type: 'Error', stacktrace: { frames: [{ function: 'turn', filename: 'dist/page.js', lineno: 12 }] } },
        ],
      },
    });
    expect(Object.keys(event ?? {}).toSorted()).toEqual(
      ['event_id', 'exception', 'level', 'platform', 'release', 'sdk', 'server_name', 'tags', 'timestamp'].toSorted(),
    );
    for (const secret of [planted, 'private', 'alice']) expect(sentry.received()).not.toContain(secret);
  });

  it('are told on stderr when Sentry cannot be reached, and change nothing', async () => {
    const complaints: string[] = [];
    const reports = createFaultReports({
      dsn: `http://${'0'.repeat(32)}@127.0.0.1:1/1`,
      server: 'mcp-notebook',
      version: '1',
      environment: undefined,
      origin: undefined,
      redactor: () => Promise.reject(new Error(planted)),
      complain: (text) => complaints.push(text),
    });
    reports.fault?.({ where: 'process', error: 'no error object' });
    await reports.flush?.();
    expect(complaints).toEqual(['a fault could not be reported to Sentry: Error']);
  });
});
