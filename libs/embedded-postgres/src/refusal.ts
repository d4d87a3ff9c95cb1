// Everything this library refuses, in words that someone who has never seen PostgreSQL can act on.

export type RefusalCode =
  | 'postgres.already_running'
  | 'postgres.broken_package'
  | 'postgres.fixed_setting'
  | 'postgres.no_password'
  | 'postgres.no_user'
  | 'postgres.not_a_data_folder'
  | 'postgres.not_durable'
  | 'postgres.orphan_stays'
  | 'postgres.port_in_use'
  | 'postgres.start_failed'
  | 'postgres.unreachable_folder'
  | 'postgres.unsupported_platform'
  | 'postgres.wrong_owner'
  | 'postgres.wrong_password'
  | 'postgres.wrong_version';

export type RefusalDetails = Readonly<Record<string, string | number>>;

export class PostgresRefusal extends Error {
  constructor(
    readonly code: RefusalCode,
    message: string,
    readonly details: RefusalDetails = {},
  ) {
    super(message);
    this.name = 'PostgresRefusal';
  }
}
