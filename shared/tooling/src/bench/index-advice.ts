import {
  bestIndexes,
  indexByStatementPlans,
  type IndexJudge,
  indexPerColumn,
  indexPerStatement,
  openIndexJudge,
  plantRandomWorkload,
  possibleIndexes,
  type PostgresServer,
  type RandomWorkload,
  startPostgres,
} from '@cinecom/testbed';
import type { Figure } from './figure.ts';
import { LineClient } from './line-client.ts';
import { median } from './median.ts';
import { measuredGains } from './measured-gains.ts';

const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const statementsOfSeed = 3;
const mostIndexes = 3;
const manyStatements = 500;
const boundSeeds = [21, 22, 23, 24, 25];
const statementsOfBound = 12;

/** What `pg_index_advice` answers, as far as it is measured. */
export interface Advised {
  readonly indexes: readonly {
    readonly ddl: string;
    readonly statements: readonly { readonly id: string; readonly before: number; readonly after: number }[];
  }[];
}

/**
 * Index advice on PostgreSQL 15 with hypopg: time for a long workload, cost against the best choice there is and against
 * simple rules of other advisors, and the gain that is measured once the indexes are built.
 */
export async function indexAdviceFigures(binary: string, env: NodeJS.ProcessEnv): Promise<readonly Figure[]> {
  const server = await startPostgres({ major: 15 });
  try {
    const runs: Run[] = [];
    for (const seed of seeds) runs.push(await oneRun(server, seed, binary, env));
    return [
      await adviceTime(server, binary, env),
      ...qualityFigures(runs),
      await boundFigure(server, binary, env),
      ...gainFigures(runs),
    ];
  } finally {
    await server.stop();
  }
}

interface Run {
  /** Cost of each choice ÷ that of the best. */
  readonly ratios: Readonly<Record<Chooser, number>>;
  readonly gains: readonly { readonly predicted: number; readonly measured: number }[];
}

const choosers = {
  advised: 'pg_index_advice',
  perColumn: 'rule: an index per column of a condition',
  perStatement: 'rule: an index per statement, columns as written',
  perPlan: 'rule: indexes of 1–2 columns that one statement’s plan reads',
} as const;
type Chooser = keyof typeof choosers;

async function oneRun(server: PostgresServer, seed: number, binary: string, env: NodeJS.ProcessEnv): Promise<Run> {
  const workload = await plantRandomWorkload(server, {
    database: await server.createDatabase(),
    seed,
    statements: statementsOfSeed,
  });
  await using judge = await openIndexJudge(workload.url);
  const advice = await askFor(workload, binary, env);
  const best = await bestIndexes(judge, workload, mostIndexes);
  const ratio = async (indexes: readonly string[]): Promise<number> =>
    (await costOf(judge, workload, indexes)) / best.cost;
  return {
    ratios: {
      advised: await ratio(built(advice)),
      perColumn: await ratio(indexPerColumn(workload)),
      perStatement: await ratio(indexPerStatement(workload)),
      perPlan: await ratio(await indexByStatementPlans(judge, workload)),
    },
    gains: await measuredGains(workload, advice),
  };
}

/** Where trying all choices is out of reach: no choice is cheaper than all indexes at once. */
async function boundFigure(server: PostgresServer, binary: string, env: NodeJS.ProcessEnv): Promise<Figure> {
  const ratios: number[] = [];
  for (const seed of boundSeeds) {
    const options = { database: await server.createDatabase(), seed, statements: statementsOfBound };
    const workload = await plantRandomWorkload(server, options);
    await using judge = await openIndexJudge(workload.url);
    const advice = await askFor(workload, binary, env);
    ratios.push(
      (await costOf(judge, workload, built(advice))) / (await costOf(judge, workload, possibleIndexes(workload))),
    );
  }
  return {
    name: 'pg_index_advice: cost ÷ that with all indexes there could be, worst',
    value: Math.max(...ratios),
    unit: '×',
    how: `${boundSeeds.length} random pairs of tables, ${statementsOfBound} statements each; all 80 indexes of width ≤3 at once`,
  };
}

function askFor({ url, statements }: RandomWorkload, binary: string, env: NodeJS.ProcessEnv): Promise<Advised> {
  const queries = statements.map(({ sql }) => sql);
  return ask(binary, { ...env, DATABASE_URL: url }, { source: 'queries', queries, minGain: 1 });
}

function built({ indexes }: Advised): readonly string[] {
  return indexes.map(({ ddl }) => ddl.replace('CONCURRENTLY ', ''));
}

function costOf(judge: IndexJudge, { statements }: RandomWorkload, indexes: readonly string[]): Promise<number> {
  return judge.total(
    statements.map(({ sql }) => sql),
    indexes,
  );
}

async function ask(binary: string, env: NodeJS.ProcessEnv, input: Readonly<Record<string, unknown>>): Promise<Advised> {
  const server = new LineClient([binary, '--rate', '0', '--results', 'structured'], env);
  try {
    const { message } = await server.request('tools/call', { name: 'pg_index_advice', arguments: input });
    if (message.result?.['structuredContent'] === undefined) throw new Error(JSON.stringify(message));
    return message.result['structuredContent'] as Advised;
  } finally {
    await server.close();
  }
}

function qualityFigures(runs: readonly Run[]): readonly Figure[] {
  const how = `${runs.length} random pairs of tables, ${statementsOfSeed} statements each; best of all sets of ≤${mostIndexes} indexes, width ≤3, every order`;
  return Object.entries(choosers).flatMap(([chooser, name]) => {
    const ratios = runs.map((run) => run.ratios[chooser as Chooser]);
    const worst = { name: `${name}: cost ÷ best, worst`, value: Math.max(...ratios), unit: '×', how };
    return [
      { name: `${name}: cost ÷ best, median`, value: median(ratios), unit: '×', how },
      chooser === 'advised' ? { ...worst, target: { atMost: 1.05 } } : worst,
    ];
  });
}

function gainFigures(runs: readonly Run[]): readonly Figure[] {
  const gains = runs.flatMap((run) => run.gains);
  const off = (a: number, b: number): number => Math.max(a / b, b / a);
  const share = (times: number): number => 1 - 1 / times;
  const how = `median of ${gains.length} statements, indexes really built, median of 15 executions before and after`;
  return [
    {
      name: 'index advice: measured share of time saved against predicted, off by',
      value: median(gains.map(({ predicted, measured }) => off(share(predicted), share(measured)))),
      unit: '×',
      target: { atMost: 2 },
      how,
    },
    {
      name: 'index advice: measured times as fast against predicted, off by',
      value: median(gains.map(({ predicted, measured }) => off(predicted, measured))),
      unit: '×',
      how,
    },
    {
      name: 'index advice: times as fast, measured',
      value: median(gains.map(({ measured }) => measured)),
      unit: '×',
      how,
    },
  ];
}

async function adviceTime(server: PostgresServer, binary: string, env: NodeJS.ProcessEnv): Promise<Figure> {
  const database = await server.createDatabase();
  const workload = await plantRandomWorkload(server, { database, seed: 11, statements: manyStatements });
  await server.query('CREATE EXTENSION pg_stat_statements', [], database);
  await server.query('SELECT pg_stat_statements_reset()', [], database);
  for (const { sql } of workload.statements) await server.query(sql, [], database);
  const counted = await server.query<{ distinct: number }>(
    `SELECT count(*)::int AS distinct FROM pg_stat_statements
     WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND query ~ '^SELECT .* FROM r[12]'`,
    [],
    database,
  );
  const began = performance.now();
  const advice = await ask(binary, { ...env, DATABASE_URL: workload.url }, {});
  const elapsed = performance.now() - began;
  return {
    name: 'pg_index_advice over a long workload',
    value: elapsed / 1000,
    unit: 's',
    target: { atMost: 10 },
    how: `${manyStatements} statements run, ${counted[0]?.distinct} of them different, over two tables; start of the server included; ${advice.indexes.length} indexes advised`,
  };
}
