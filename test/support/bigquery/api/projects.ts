import { ok, type Route } from './request.ts';

const list: Route = {
  id: 'projects.list',
  method: 'GET',
  path: 'projects',
  parameters: ['maxResults', 'pageToken'],
  answer: ({ world: { projectId } }) =>
    ok({
      kind: 'bigquery#projectList',
      projects: [
        {
          kind: 'bigquery#project',
          id: projectId,
          numericId: '1',
          projectReference: { projectId },
          friendlyName: projectId,
        },
      ],
      totalItems: 1,
    }),
};

const getServiceAccount: Route = {
  id: 'projects.getServiceAccount',
  method: 'GET',
  path: 'projects/{projectId}/serviceAccount',
  parameters: [],
  answer: ({ world: { projectId } }) =>
    ok({
      kind: 'bigquery#getServiceAccountResponse',
      email: `bq-1@bigquery-encryption.iam.gserviceaccount.com`,
      projectId,
    }),
};

export const projectRoutes: readonly Route[] = [list, getServiceAccount];
