import { type Server, toolDefinition } from '@cinecom/mcp-core';

/** Tools of a server as a Markdown table: name, risk, what it answers, size of the definition. */
export async function toolsTable(server: Server): Promise<string> {
  const tools = await server.tools();
  const rows = tools.map((tool) => {
    const size = Buffer.byteLength(JSON.stringify(toolDefinition(tool)));
    return `| \`${tool.name}\` | ${tool.risk} | ${firstSentence(tool.description)} | ${size} |`;
  });
  return ['| tool | risk | answers | bytes |', '|---|---|---|---|', ...rows].join('\n');
}

function firstSentence(text: string): string {
  const end = text.search(/\.(\s|$)/);
  return (end < 0 ? text : text.slice(0, end + 1)).replaceAll('|', String.raw`\|`);
}
