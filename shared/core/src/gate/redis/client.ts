import { parseRedisAddress, type RedisAddress } from './address.ts';
import { type Connection, openConnection } from './connection.ts';
import { loginFault, redisFault, replyFault } from './fault.ts';
import { type Reply, ReplyError } from './resp.ts';

export type Command = readonly string[];
export type Accepted = Exclude<Reply, ReplyError>;

/** One start of one Redis process, between whose commands nothing is forgotten. */
export interface RedisRun {
  /** Changes whenever Redis starts again or another one takes over. */
  readonly id: string;
  /** Sends commands in one flight, never twice. @returns their replies in order @throws ToolError `state_unavailable` */
  readonly send: (...commands: readonly Command[]) => Promise<readonly Accepted[]>;
}

export interface RedisClient {
  /** The run that is connected to, connecting first where need be. @throws ToolError not_configured, state_unavailable */
  run(): Promise<RedisRun>;
  close(): void;
}

/**
 * A client for one Redis primary: connects when it is first needed and after each fault, and keeps one connection.
 *
 * @param url `redis://` or `rediss://`; looked at on the first `run`
 * @param ca PEM of an authority to trust instead of Node's own
 */
export function createRedisClient(url: string, ca?: string): RedisClient {
  let connecting: Promise<{ readonly connection: Connection; readonly run: RedisRun }> | undefined;
  const connect = async () => {
    const address = parseRedisAddress(url);
    const connection = await openConnection(address, ca);
    const login = loginOf(address);
    const select = address.database === 0 ? [] : [['SELECT', String(address.database)]];
    try {
      const replies = await connection.send([...login, ...select, ['INFO', 'server']]);
      if (login.length > 0 && replies[0] instanceof ReplyError) throw loginFault();
      const about = accepted(replies).at(-1);
      const id = typeof about === 'string' ? /^run_id:([0-9a-f]{40})\r?$/m.exec(about)?.[1] : undefined;
      if (id === undefined) throw redisFault('refused', 'its Redis does not tell its run_id (INFO server)');
      return { connection, run: { id, send: (...commands: readonly Command[]) => flight(connection, commands) } };
    } catch (error) {
      connection.close();
      throw error;
    }
  };
  return {
    async run() {
      const current = connecting;
      const held = await current?.catch(() => undefined);
      // Whoever comes while a new connection is made waits for the same one.
      if (connecting === current && !held?.connection.isOpen()) connecting = undefined;
      const mine = (connecting ??= connect());
      try {
        return (await mine).run;
      } catch (error) {
        if (connecting === mine) connecting = undefined;
        throw error;
      }
    },
    close() {
      void connecting?.then(
        ({ connection }) => connection.close(),
        () => undefined,
      );
      connecting = undefined;
    },
  };
}

function loginOf({ username, password }: RedisAddress): readonly Command[] {
  if (password === undefined) return [];
  return [['AUTH', ...(username === undefined ? [] : [username]), password]];
}

/** A refused command ends the connection: the next one may reach a primary again, or a corrected user. */
async function flight(connection: Connection, commands: readonly Command[]): Promise<readonly Accepted[]> {
  const replies = await connection.send(commands);
  try {
    return accepted(replies);
  } catch (error) {
    connection.close();
    throw error;
  }
}

function accepted(replies: readonly Reply[]): readonly Accepted[] {
  // Those of a transaction lie one level down.
  const refused = replies.flat().find((reply) => reply instanceof ReplyError);
  if (refused !== undefined) throw replyFault(refused.text);
  return replies as readonly Accepted[];
}
