import { defaultOf, type VariableName } from '../config.ts';

/** The answers so far, by variable; '' where nothing was given. */
export type Answers = Partial<Record<VariableName, string>>;

/** One variable that a person is asked for. */
export type Question = {
  variable: VariableName;
  message: string;
  /** `secret` is not echoed. */
  kind: 'text' | 'secret' | 'choice';
  /** Of a choice. An empty value leads to the next question of the same variable. */
  choices?: readonly { value: string; label: string }[];
  /** Asked only where this is so. */
  when?: (answers: Answers) => boolean;
};

const isElsewhere = ({ ST_BASE_URL = '' }: Answers): boolean => ST_BASE_URL === '';
const isOwnAddress = ({ ST_BASE_URL = '' }: Answers): boolean =>
  !ST_BASE_URL.endsWith('.servicetitan.io');
const isBigquery = ({ WAREHOUSE }: Answers): boolean => WAREHOUSE === 'bigquery';

/** What `fieldmart init` asks, in this order. What is not asked has a default and stands in the file. */
export const questions: readonly Question[] = [
  {
    variable: 'ST_BASE_URL',
    message: 'Which ServiceTitan?',
    kind: 'choice',
    choices: [
      { value: defaultOf('ST_BASE_URL'), label: 'production' },
      { value: 'https://api-integration.servicetitan.io', label: 'an integration environment' },
      { value: '', label: 'another address, as the sandbox’s' },
    ],
  },
  {
    variable: 'ST_BASE_URL',
    message: 'The address of the API, as http://127.0.0.1:8080',
    kind: 'text',
    when: isElsewhere,
  },
  {
    variable: 'ST_AUTH_URL',
    message: 'The address that gives tokens, as http://127.0.0.1:8080/connect/token',
    kind: 'text',
    when: isOwnAddress,
  },
  { variable: 'ST_TENANT_ID', message: 'The tenant’s id, a number', kind: 'text' },
  { variable: 'ST_CLIENT_ID', message: 'The client id (cid.…)', kind: 'text' },
  { variable: 'ST_CLIENT_SECRET', message: 'The client secret (cs….…)', kind: 'secret' },
  { variable: 'ST_APP_KEY', message: 'The application key (ak1.…)', kind: 'secret' },
  { variable: 'ST_TIME_ZONE', message: 'The tenant’s time zone', kind: 'text' },
  {
    variable: 'WAREHOUSE',
    message: 'Where are rows to be stored?',
    kind: 'choice',
    choices: [
      { value: 'duckdb', label: 'in a DuckDB file on this machine' },
      { value: 'bigquery', label: 'in BigQuery' },
    ],
  },
  {
    variable: 'DUCKDB_PATH',
    message: 'The file',
    kind: 'text',
    when: (answers) => !isBigquery(answers),
  },
  {
    variable: 'BIGQUERY_PROJECT',
    message: 'The Google Cloud project that holds the datasets, by its id',
    kind: 'text',
    when: isBigquery,
  },
  {
    variable: 'BIGQUERY_LOCATION',
    message: 'The location of the datasets',
    kind: 'text',
    when: isBigquery,
  },
  {
    variable: 'DATASET_PREFIX',
    message: 'A prefix on the datasets’ names, if others have such names too; empty for none',
    kind: 'text',
    when: isBigquery,
  },
  {
    variable: 'ALERT_WEBHOOK_URL',
    message: 'A webhook that is told when a run fails, as Slack’s; empty for none',
    kind: 'secret',
  },
];
