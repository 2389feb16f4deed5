import { setting, settings, type SettingsValues } from '@cinecom/mcp-core';
import * as z from 'zod';

const address = z
  .string()
  .regex(/^(postgres(ql)?:\/\/|socket:|\/)/, 'expected postgresql://user:password@host:5432/database');
const globs = z.array(z.string().min(1).max(200)).max(100).default([]);
const folder = z.string().regex(/^\//, 'expected an absolute path');
const seconds = (lowest: number, highest: number) => z.number().min(lowest).max(highest);

const check = z.strictObject({
  name: z.string().min(1).max(60),
  sql: z.string().min(1).max(20_000),
  expect: z.union([z.string().max(200), z.number(), z.boolean()]),
});

/** What this server can be told beside the settings of the core. */
export const postgresSettings = settings({
  connection: setting({
    schema: address,
    flag: 'connection',
    env: 'DATABASE_URL',
    secret: true,
    description: 'where the database is; a role with pg_monitor and pg_read_all_data is enough',
    example: 'postgresql://mcp_reader:…@db.internal:5432/cinecom?sslmode=verify-full',
  }),
  adminConnection: setting({
    schema: address.optional(),
    flag: 'admin-connection',
    env: 'DATABASE_ADMIN_URL',
    secret: true,
    description: 'used only to apply confirmed changes',
    shownDefault: 'the connection',
    example: 'postgresql://mcp_admin:…@db.internal:5432/cinecom?sslmode=verify-full',
  }),
  standbys: setting({
    schema: z
      .string()
      .refine((text) => text.split(',').every((one) => address.safeParse(one.trim()).success), {
        error: 'expected postgresql:// addresses, separated by commas',
      })
      .optional(),
    flag: 'standbys',
    env: 'PG_STANDBYS',
    secret: true,
    description:
      'addresses of the standbys, separated by commas: replication and index use are then asked of every host',
    example: 'postgresql://mcp_reader:…@db2.internal:5432/cinecom,postgresql://mcp_reader:…@db3.internal:5432/cinecom',
  }),
  databases: setting({
    schema: globs,
    flag: 'databases',
    scope: 'database',
    description: 'databases that tools may look into or change, * matches anything',
    shownDefault: 'the database of the connection',
    example: 'cinecom_*',
  }),
  denySchemas: setting({
    schema: globs,
    flag: 'deny-schemas',
    description: 'schemas that free SQL may not read, * matches anything',
    example: 'payroll',
  }),
  statementTimeout: setting({
    schema: seconds(1, 45).default(15),
    flag: 'statement-timeout',
    description: 'seconds a statement may run; the server itself ends it',
  }),
  lockTimeout: setting({
    schema: seconds(0.1, 30).default(2),
    flag: 'lock-timeout',
    description: 'seconds a statement may wait for a lock',
  }),
  allowFunctions: setting({
    schema: globs,
    flag: 'allow-functions',
    description: 'functions that free SQL may call beyond the built-in list, as schema.name with *',
    example: 'app.price_of',
  }),
  powerfulRole: setting({
    schema: z.enum(['warn', 'refuse']).default('warn'),
    flag: 'powerful-role',
    description: 'free SQL under a superuser or a role with server-file rights: warn in each answer, or refuse',
  }),
  capacity: setting({
    schema: z.number().min(1_000_000).optional(),
    flag: 'capacity',
    description: 'bytes of the disk that holds the data; SQL cannot see it',
    example: '500000000000',
  }),
  backupDir: setting({
    schema: folder.optional(),
    flag: 'backup-dir',
    description: 'folder of the backups that pg_backup_run writes',
    example: '/var/backups/cinecom',
  }),
  pgbackrestStanza: setting({
    schema: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected the name of a stanza')
      .optional(),
    flag: 'pgbackrest-stanza',
    description: 'stanza of pgBackRest for this cluster; its own configuration says where its backups are',
    example: 'cinecom',
  }),
  backupRecipient: setting({
    schema: z
      .string()
      .regex(/^age1[a-z0-9]{20,2000}$/, 'expected a public age key: age1…')
      .optional(),
    flag: 'backup-recipient',
    description: 'public age key that backups in the folder are encrypted to, so that who writes them cannot read them',
    example: 'age1…',
  }),
  backupIdentityFile: setting({
    schema: folder.optional(),
    flag: 'backup-identity-file',
    description: 'file with the secret age key; needed only where restores are tested',
    example: '/etc/cinecom/backup-identity.txt',
  }),
  backupPlaintext: setting({
    schema: z.enum(['refused', 'accepted']).default('refused'),
    flag: 'backup-plaintext',
    description: 'whether backups may be written without --backup-recipient',
  }),
  pgBin: setting({
    schema: folder.optional(),
    flag: 'pg-bin',
    description: 'folder of pg_dump, pg_restore and postgres, of the major of the server or newer',
    shownDefault: 'searched for',
    example: '/usr/lib/postgresql/15/bin',
  }),
  scratch: setting({
    schema: folder.optional(),
    flag: 'scratch',
    description: 'folder in which restored copies run and are removed again',
    shownDefault: 'below the folder for temporary files',
    example: '/var/tmp/cinecom-scratch',
  }),
  scratchUser: setting({
    schema: z
      .string()
      .regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'expected an account name')
      .default('postgres'),
    flag: 'scratch-user',
    description: 'account that restored copies run under when this server runs as root, which PostgreSQL refuses',
  }),
  checks: setting({
    schema: z.array(check).max(20).default([]),
    description: 'own checks of pg_overview and of restored copies: name, sql of one value, and the value expected',
  }),
  objectives: setting({
    schema: z
      .strictObject({ rpo: z.number().positive().optional(), rto: z.number().positive().optional() })
      .default({}),
    description: 'recovery objectives in minutes: rpo, rto',
  }),
});

export type PostgresSettings = SettingsValues<typeof postgresSettings>;
