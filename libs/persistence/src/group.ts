// Statements that leave together and are answered together. The driver's pipeline ends each with a message of its own ("sync"), which the server
// answers by itself: five answers, five wakings of this process, where one will do. What fails takes the rest of its group with it.
import { Query, type PoolClient, type QueryResult } from 'pg';

export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values: unknown[];
}

type Callback = (error: Error | null, result: QueryResult) => void;

/** The driver's connection and query as far as this file needs them; their version is pinned. */
interface Connection {
  readonly submittedNamedStatements: Record<string, string>;
  readonly stream: { cork(): void; uncork(): void; destroy(): void };
  execute(what: { portal: string }): void;
  sync(): void;
}
interface DriversPart {
  name: string | undefined;
  text: string;
  readonly portal: string;
  readonly callback: Callback;
  readonly _result: { _types: unknown };
  prepare(connection: Connection): void;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Connection): void;
  handleReadyForQuery(connection: Connection): void;
}
const DriversQuery = Query as unknown as new (text: string, values?: readonly unknown[], callback?: Callback) => DriversPart;

class NotRun extends Error {
  readonly code = '25P02';
}

class Part extends DriversQuery {
  constructor({ name, text, values }: Statement, types: unknown, callback: Callback) {
    super(text, values, callback);
    this.name = name;
    this._result._types = types;
  }

  /** Called for a value that cannot be sent. */
  handleError(error: Error): void {
    throw error;
  }

  /** The driver ends the statement here. */
  _getRows(connection: Connection): void {
    connection.execute({ portal: this.portal });
  }
}

class Group extends DriversQuery {
  private readonly parts: Part[] = [];
  private at = 0;

  constructor(private readonly types: unknown) {
    super('group', [], () => undefined);
  }

  add(statement: Statement): Promise<QueryResult> {
    return new Promise((resolve, reject) => {
      this.parts.push(new Part(statement, this.types, (error, result) => (error ? reject(error) : resolve(result))));
    });
  }

  submit(connection: Connection): Error | null {
    this.turnTo(0);
    connection.stream.cork();
    try {
      for (const part of this.parts) part.prepare(connection);
      connection.sync();
      return null;
    } catch (error) {
      // A value that cannot be sent, found when half of the group was: nobody knows any more what the server's answers belong to.
      connection.stream.destroy();
      return error as Error;
    } finally {
      connection.stream.uncork();
    }
  }

  override handleRowDescription(message: unknown): void {
    this.parts[this.at]?.handleRowDescription(message);
  }

  override handleDataRow(message: unknown): void {
    this.parts[this.at]?.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: Connection): void {
    this.parts[this.at]?.handleCommandComplete(message, connection);
    this.turnTo(this.at + 1);
  }

  override handleReadyForQuery(connection: Connection): void {
    for (const part of this.parts) part.handleReadyForQuery(connection);
  }

  /** The server has done what came before and skips what comes after, its preparation too. */
  handleError(error: Error, connection: Connection): void {
    for (const [n, part] of this.parts.entries()) {
      if (n < this.at) part.handleReadyForQuery(connection);
      else part.callback(n === this.at ? error : new NotRun('not run: an earlier statement failed'), undefined as never);
      if (n >= this.at && part.name) delete connection.submittedNamedStatements[part.name];
    }
  }

  /** The driver asks the query whose name it is that the server has prepared. */
  private turnTo(n: number): void {
    this.at = n;
    this.name = this.parts[n]?.name;
    this.text = this.parts[n]?.text ?? '';
  }
}

const open = new WeakMap<PoolClient, Group>();

/** Sends the statement with all others that the same turn of the event loop has for this connection. */
export function sendGrouped(client: PoolClient, statement: Statement): Promise<QueryResult> {
  let group = open.get(client);
  if (!group) {
    group = new Group((client as unknown as { readonly _types: unknown })._types);
    open.set(client, group);
    process.nextTick(() => flush(client));
  }
  return group.add(statement);
}

/** Sends now what waits for the end of the turn; before anything that does not go through here. */
export function flush(client: PoolClient): void {
  const group = open.get(client);
  if (!group) return;
  open.delete(client);
  void client.query(group as unknown as string);
}
