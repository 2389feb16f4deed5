import type { ConnectedClient } from '@cinecom/mcp-core/testing';

interface Content {
  readonly type: string;
  readonly text?: string;
  readonly data?: string;
  readonly mimeType?: string;
}

/** The text of an answer and the pictures behind it. */
export async function picturesOf(client: ConnectedClient, tool: string, args: Readonly<Record<string, unknown>>) {
  const { content } = await client.call(tool, args);
  const [text, ...pictures] = content as readonly Content[];
  return { text: text?.text ?? '', pictures };
}
