import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitStatements } from './statements.ts';

describe('the statements of a dump of roles', () => {
  it('come without comments, empty lines and what only psql understands', () => {
    const text = [
      '--',
      '-- PostgreSQL database cluster dump; of roles',
      '--',
      '',
      String.raw`\restrict 4ab`,
      'SET default_transaction_read_only = off;',
      'CREATE ROLE "館; 長";',
      String.raw`\unrestrict 4ab`,
    ].join('\n');
    expect(splitStatements(text)).toEqual(['SET default_transaction_read_only = off', 'CREATE ROLE "館; 長"']);
  });

  it('keep semicolons, dashes and backslashes that stand in quotes', () => {
    const comment = `COMMENT ON ROLE a IS 'it''s; -- not\n\\restrict a comment'`;
    const escaped = String.raw`ALTER ROLE "x""y" SET application_name TO E'a\'; \\ b'`;
    expect(splitStatements(`${comment};\n${escaped};\n`)).toEqual([comment, escaped]);
  });

  it('are the very strings that were quoted, whatever they hold', () => {
    const literal = fc.string({ unit: 'grapheme' }).map((text) => `'${text.replaceAll("'", "''")}'`);
    const name = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => `"${text.replaceAll('"', '""')}"`);
    const statement = fc.tuple(name, literal).map(([role, text]) => `COMMENT ON ROLE ${role} IS ${text}`);
    fc.assert(
      fc.property(fc.array(statement), (list) => {
        expect(splitStatements(list.map((one) => `-- head\n${one};\n`).join('\n'))).toEqual(list);
      }),
    );
  });
});
