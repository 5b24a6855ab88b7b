import type { ZetaSqlLocalServiceDefinition } from '@fivetrandevelopers/zetasql/lib/types/zetasql/local_service/ZetaSqlLocalService.js';
import type { GooglesqlApi } from './start-googlesql.ts';

/** How the server's calls are written and read, which the package's types leave out. */
export const methodsOf = (api: GooglesqlApi): ZetaSqlLocalServiceDefinition =>
  (api.constructor as unknown as { service: ZetaSqlLocalServiceDefinition }).service;
