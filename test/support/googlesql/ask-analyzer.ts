import { promisify } from 'node:util';
import type { AnalyzeRequest } from '@fivetrandevelopers/zetasql/lib/types/zetasql/local_service/AnalyzeRequest.js';
import type { AnalyzeResponse__Output } from '@fivetrandevelopers/zetasql/lib/types/zetasql/local_service/AnalyzeResponse.js';
import { methodsOf } from './methods-of.ts';
import type { GooglesqlApi } from './start-googlesql.ts';

/** Has a statement judged; what the analyzer made of it stays unread. */
const acceptStatement = (api: GooglesqlApi, request: AnalyzeRequest): Promise<void> => {
  const { path, requestSerialize } = methodsOf(api).Analyze;
  return new Promise((resolve, reject) => {
    api.makeUnaryRequest(
      path,
      requestSerialize,
      () => undefined,
      request,
      (error) => {
        if (error === null) resolve();
        else reject(error);
      },
    );
  });
};

/** Statements whose columns somebody may ask for. */
const hasColumns = /^\s*(?:--[^\n]*\s+)*(?:select|with|create|\()/i;

/**
 * Asks Google's analyzer about a statement.
 * @returns what it made of a query or of a definition; undefined for other statements, whose answers take as long to
 *   read as to make.
 * @throws Error with the analyzer's words when it refuses the statement.
 */
export const askAnalyzer = async (
  api: GooglesqlApi,
  request: AnalyzeRequest,
): Promise<AnalyzeResponse__Output | undefined> => {
  if (hasColumns.test(request.sqlStatement ?? '')) {
    return promisify(api.analyze.bind(api))(request);
  }
  await acceptStatement(api, request);
  return undefined;
};
