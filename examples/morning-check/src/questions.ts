/** One question of the morning, and the tool that answers it. */
export interface Question {
  readonly heading: string;
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export const questions: readonly Question[] = [
  { heading: 'How was last night?', tool: 'pg_overview', args: {} },
  { heading: 'Who waits for whom?', tool: 'pg_locks', args: {} },
  { heading: 'Who holds connections?', tool: 'pg_activity', args: { groupBy: 'app' } },
  { heading: 'What costs the most time?', tool: 'pg_top_queries', args: { by: 'total', limit: 5 } },
  {
    heading: 'How is one booking list read?',
    tool: 'pg_explain',
    args: { sql: 'SELECT * FROM bookings WHERE screening_id = $1', params: [42], analyze: true },
  },
  {
    heading: 'Which films sold best?',
    tool: 'pg_query',
    args: {
      sql: `SELECT m.title, count(*) AS bookings FROM bookings b JOIN screenings s ON s.id = b.screening_id
              JOIN movies m ON m.id = s.movie_id GROUP BY m.title ORDER BY bookings DESC, m.title LIMIT 5`,
    },
  },
];
