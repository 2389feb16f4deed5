import { describe, expect, it } from 'vitest';
import { parseServers } from './read-servers.ts';

const env = { TOKEN: 'from-environment', EMPTY: '' };
const read = (servers: object, ...wanted: readonly string[]) =>
  Object.fromEntries(parseServers(JSON.stringify(servers), '.mcp.json', wanted, env));

describe('a servers file', () => {
  it('is that of Claude Code, Claude Desktop or VS Code, with variables filled in', () => {
    const mcpServers = {
      pg: {
        type: 'stdio',
        command: 'npx',
        args: ['-y', '@cinecom/mcp-postgres-admin', '${DATABASE_URL:-postgres://localhost/x}'],
        env: { A: '${TOKEN}', B: 'pre-${TOKEN}-post', C: '${EMPTY:-otherwise}', D: 5 },
        timeout: 600,
      },
      remote: { type: 'http', url: 'https://${HOST:-ops.example}/mcp', headers: { Authorization: 'Bearer ${TOKEN}' } },
      unused: { command: '${NOT_SET}' },
    };
    expect(read({ mcpServers }, 'pg', 'remote')).toEqual({
      pg: {
        kind: 'stdio',
        command: 'npx',
        args: ['-y', '@cinecom/mcp-postgres-admin', 'postgres://localhost/x'],
        env: { A: 'from-environment', B: 'pre-from-environment-post', C: 'otherwise', D: '5' },
        cwd: undefined,
      },
      remote: { kind: 'http', url: 'https://ops.example/mcp', headers: { Authorization: 'Bearer from-environment' } },
    });
    expect(read({ servers: { pg: { command: 'pg', env: { A: '${env:TOKEN}' }, cwd: '/srv' } } }, 'pg')).toEqual({
      pg: { kind: 'stdio', command: 'pg', args: [], env: { A: 'from-environment' }, cwd: '/srv' },
    });
  });

  it.each([
    [{ mcpServers: { pg: { command: 'x' } } }, 'gp', 'has no server "gp" (it has: pg)'],
    [{ mcpServers: { redis: { command: 'x' } } }, 'redsi', 'did you mean "redis"?'],
    [
      { mcpServers: { pg: { command: '${A_NAME}', args: ['${B_NAME}'] } } },
      'pg',
      'needs A_NAME, B_NAME, which is not set',
    ],
    [{ mcpServers: { pg: { type: 'sse', url: 'https://x.example' } } }, 'pg', 'is of type sse'],
    [{ mcpServers: { pg: { type: 'ws', url: 'https://x.example' } } }, 'pg', 'has the type "ws" (types: stdio, http)'],
    [{ mcpServers: { pg: { url: 'file:///etc/passwd' } } }, 'pg', 'field "url"'],
    [{ mcpServers: { pg: { args: [] } } }, 'pg', 'field "command"'],
    [{ mcpServers: { pg: 5 } }, 'pg', 'the server "pg"'],
    [{ mcpServers: {} }, 'toString', 'has no server "toString"'],
    [{ other: {} }, 'pg', 'has no "mcpServers"'],
  ])('%j is refused', (file, wanted, message) => expect(() => read(file, wanted)).toThrow(message));

  it('never quotes its values where it is wrong: they may be secrets', () => {
    const secret = ['hunter', '2'].join('');
    const messageOf = (text: string): string => {
      try {
        parseServers(text, '.mcp.json', ['pg'], {});
      } catch (error) {
        return String(error);
      }
      return 'was taken';
    };
    expect(messageOf(`{\n"mcpServers": { "pg": ${secret}`)).toMatch(/ is not JSON$/);
    expect(messageOf('{\n"mcpServers": {},}')).toMatch(/ is not JSON in line 2$/);
    expect(messageOf(`{"mcpServers": {"pg": {"url": "${secret}"}}}`)).toMatch(/field "url": Invalid URL$/);
  });
});
