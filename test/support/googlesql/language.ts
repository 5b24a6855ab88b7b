import { promisify } from 'node:util';
import type { AnalyzerOptionsProto } from '@fivetrandevelopers/zetasql/lib/types/zetasql/AnalyzerOptionsProto.js';
import { LanguageFeature } from '@fivetrandevelopers/zetasql/lib/types/zetasql/LanguageFeature.js';
import type { LanguageOptionsProto } from '@fivetrandevelopers/zetasql/lib/types/zetasql/LanguageOptionsProto.js';
import type { GooglesqlApi } from './start-googlesql.ts';

type Feature = keyof typeof LanguageFeature;

/**
 * What the analyzer offers and our SQL may not use: what BigQuery lacks, and what Google's own settings of this analyzer
 * for BigQuery (zetasql-toolkit) leave out, though BigQuery has come to have some of it. The first four are on there, but
 * BigQuery's reference does not know them.
 */
export const featuresOff: readonly Feature[] = [
  'FEATURE_TIMESTAMP_NANOS',
  'FEATURE_V_1_3_UNNEST_AND_FLATTEN_ARRAYS',
  'FEATURE_V_1_3_WITH_GROUP_ROWS',
  'FEATURE_V_1_4_ARRAY_AGGREGATION_FUNCTIONS',
  // Types that BigQuery has not or compares and groups less freely.
  'FEATURE_EXTENDED_TYPES',
  'FEATURE_RANGE_TYPE',
  'FEATURE_BETWEEN_UINT64_INT64',
  'FEATURE_V_1_1_ARRAY_EQUALITY',
  'FEATURE_V_1_1_CAST_DIFFERENT_ARRAY_TYPES',
  'FEATURE_V_1_2_GROUP_BY_ARRAY',
  'FEATURE_V_1_2_GROUP_BY_STRUCT',
  'FEATURE_V_1_3_ARRAY_ORDERING',
  'FEATURE_V_1_3_ARRAY_GREATEST_LEAST',
  'FEATURE_V_1_4_STRUCT_POSITIONAL_ACCESSOR',
  // Protocol buffers.
  'FEATURE_V_1_2_PROTO_EXTENSIONS_WITH_NEW',
  'FEATURE_V_1_2_PROTO_EXTENSIONS_WITH_SET',
  'FEATURE_V_1_3_BRACED_PROTO_CONSTRUCTORS',
  'FEATURE_V_1_3_ENUM_VALUE_DESCRIPTOR_PROTO',
  'FEATURE_V_1_3_EXTRACT_FROM_PROTO',
  'FEATURE_V_1_3_FILTER_FIELDS',
  'FEATURE_V_1_3_IGNORE_PROTO3_USE_DEFAULTS',
  'FEATURE_V_1_3_PROTO_DEFAULT_IF_NULL',
  'FEATURE_V_1_3_PROTO_MAPS',
  'FEATURE_V_1_3_REPLACE_FIELDS',
  // Functions.
  'FEATURE_FUNCTION_ARGUMENTS_WITH_DEFAULTS',
  'FEATURE_JSON_CONSTRUCTOR_FUNCTIONS',
  'FEATURE_JSON_LAX_VALUE_EXTRACTION_FUNCTIONS',
  'FEATURE_JSON_MUTATOR_FUNCTIONS',
  'FEATURE_V_1_3_KLL_WEIGHTS',
  'FEATURE_V_1_3_TYPEOF_FUNCTION',
  'FEATURE_V_1_4_ARRAY_FIND_FUNCTIONS',
  'FEATURE_V_1_4_FIRST_AND_LAST_N',
  'FEATURE_V_1_4_NULLIFZERO_ZEROIFNULL',
  'FEATURE_V_1_4_PI_FUNCTIONS',
  // Syntax.
  'FEATURE_EXPERIMENTAL_MODULES',
  'FEATURE_STRATIFIED_RESERVOIR_TABLESAMPLE',
  'FEATURE_TABLESAMPLE_FROM_TABLE_VALUED_FUNCTIONS',
  'FEATURE_V_1_1_ORDER_BY_COLLATE',
  'FEATURE_V_1_3_ALLOW_CONSECUTIVE_ON',
  'FEATURE_V_1_3_ALLOW_SLASH_PATHS',
  'FEATURE_V_1_3_INLINE_LAMBDA_ARGUMENT',
  'FEATURE_V_1_4_BARE_ARRAY_ACCESS',
  'FEATURE_V_1_4_CORRESPONDING',
  'FEATURE_V_1_4_SAFE_FUNCTION_CALL_WITH_LAMBDA_ARGS',
  'FEATURE_V_1_4_SINGLE_TABLE_NAME_ARRAY_PATH',
  'FEATURE_V_1_4_WITH_EXPRESSION',
  'FEATURE_AGGREGATION_THRESHOLD',
  'FEATURE_ANONYMIZATION_CASE_INSENSITIVE_OPTIONS',
  // Statements.
  'FEATURE_ALLOW_LEGACY_ROW_ACCESS_POLICY_SYNTAX',
  'FEATURE_CHECK_CONSTRAINT',
  'FEATURE_CREATE_AGGREGATE_FUNCTION',
  'FEATURE_CREATE_MATERIALIZED_VIEW_AS_REPLICA_OF',
  'FEATURE_V_1_2_ARRAY_ELEMENTS_WITH_SET',
  'FEATURE_V_1_2_CORRELATED_REFS_IN_NESTED_DML',
  'FEATURE_V_1_2_GENERATED_COLUMNS',
  'FEATURE_V_1_2_NESTED_UPDATE_DELETE_WITH_OFFSET',
  'FEATURE_V_1_3_DML_RETURNING',
  'FEATURE_V_1_4_LOAD_DATA_PARTITIONS',
  'FEATURE_V_1_4_LOAD_DATA_TEMP_TABLE',
];

/** In BigQuery, though the analyzer still counts it as being developed. */
const featuresOn: readonly Feature[] = ['FEATURE_INTERVAL_TYPE'];

/** The language that BigQuery speaks, as far as this analyzer knows it; every kind of statement. */
const readLanguage = async (api: GooglesqlApi): Promise<LanguageOptionsProto> => {
  const offered = await promisify(api.getLanguageOptions.bind(api))({ maximumFeatures: true });
  const off = new Set<number>(featuresOff.map((name) => LanguageFeature[name]));
  return {
    productMode: 'PRODUCT_EXTERNAL',
    reservedKeywords: ['QUALIFY'],
    enabledLanguageFeatures: [
      ...(offered?.enabledLanguageFeatures ?? []).filter((feature) => !off.has(feature)),
      ...featuresOn,
    ],
  };
};

/** How the analyzer and the evaluator are asked: BigQuery's language, and UTC as its default time zone is. */
export const readOptions = async (api: GooglesqlApi): Promise<AnalyzerOptionsProto> => {
  const defaults = await promisify(api.getAnalyzerOptions.bind(api))({});
  return { ...defaults, languageOptions: await readLanguage(api), defaultTimezone: 'UTC' };
};
