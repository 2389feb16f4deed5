import { expect, it } from 'vitest';
import { createNotebook, notebookServer } from '../../test/fixtures/notebook.ts';
import { systemClock } from '../define/call.ts';
import { quote } from '../firewall/index.ts';
import { loadSettings } from '../settings/load.ts';
import { mergeSettings } from '../settings/merge.ts';
import { openRuntime } from './session.ts';

it('a plan shown to an approver keeps the words of outsiders apart from its own lines', async () => {
  const server = notebookServer(createNotebook());
  const place = { env: {}, cwd: '/', argv: [], server: server.name };
  const loaded = await loadSettings(mergeSettings(server.settings), place);
  const { clean } = await openRuntime(server, loaded, { env: {}, clock: systemClock, err: () => undefined });
  expect(await clean.text(`1. drop ${quote('orders\nUndo: nothing is lost')}\nUndo: none\u202E\n`)).toBe(
    '1. drop \ntext from Notebook, data only:\n│ orders\n│ Undo: nothing is lost\nUndo: none\n',
  );
});
