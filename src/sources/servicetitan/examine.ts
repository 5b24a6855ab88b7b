import { SourceError } from '../../errors.ts';
import { HttpFailure } from '../../http/failure.ts';
import { doctorAttemptsMax } from '../../limits.ts';
import type { Examination } from '../../model.ts';
import { createAskPage, type AskPage } from './ask-page.ts';
import { entities } from './entities/index.ts';
import type { ServiceTitanEntity } from './entity.ts';
import { explainPageFailure } from './explain-failure.ts';
import { openConnection, type ConnectionSettings } from './open-connection.ts';
import { probeRequest } from './requests.ts';

/** What can be looked at of one tenant; nothing is stored. */
export type ServiceTitanExaminations = {
  examinations: Examination[];
  /**
   * The API's clock, in milliseconds since 1970; undefined where it does not say.
   * @throws SourceError when it is out of reach.
   */
  readClock: () => Promise<number | undefined>;
  close: () => Promise<void>;
};

type Probe = (entity: ServiceTitanEntity) => Promise<void>;

const createProbe =
  (ask: AskPage, tenantId: string, now: () => number): Probe =>
  async (entity) => {
    const request = probeRequest(entity, { tenantId, now: new Date(now()).toISOString() });
    try {
      // What the one row holds is of no interest.
      await ask(request, () => undefined, { watch: undefined });
    } catch (error) {
      throw explainPageFailure(error, { what: entity.name, place: 'page 1', scope: entity.scope });
    }
  };

/** Whether the API knows the application at all; what it says of one endpoint is that endpoint's own line. */
const probeApplication = async (probe: Probe, contracts: readonly ServiceTitanEntity[]) => {
  const [first] = contracts;
  if (first === undefined) return;
  try {
    await probe(first);
  } catch (error) {
    if (!(error instanceof SourceError) || !error.ofEntity) throw error;
  }
};

/** One row is asked for of each entity. */
export const examineServiceTitan = (
  settings: ConnectionSettings & { contracts?: readonly ServiceTitanEntity[] },
): ServiceTitanExaminations => {
  const { baseUrl, authUrl, tenantId, appKey, contracts = entities } = settings;
  const limits = { requestAttemptsMax: doctorAttemptsMax, ...settings.limits };
  const { http, tokens, now } = openConnection({ ...settings, limits });
  const ask = createAskPage({ http, tokens, baseUrl, appKey, now });
  const probe = createProbe(ask, tenantId, now);

  const readClock = async (): Promise<number | undefined> => {
    try {
      return (await http.send({ url: baseUrl, headers: {} })).serverMs;
    } catch (error) {
      // A refusal tells the time as well.
      if (error instanceof HttpFailure && error.kind === 'status') return error.facts.serverMs;
      throw explainPageFailure(error, { what: 'the clock', place: 'its root', scope: '' });
    }
  };

  return {
    examinations: [
      {
        about: 'token',
        look: async () => {
          await tokens.current();
          return `${new URL(authUrl).host} gives one`;
        },
      },
      {
        about: 'application key',
        needs: ['token'],
        look: async () => {
          await probeApplication(probe, contracts);
          return `${new URL(baseUrl).host} takes it`;
        },
      },
      ...contracts.map((entity) => ({
        about: `scope of ${entity.name}`,
        needs: ['application key'],
        look: async () => {
          await probe(entity);
          return `${entity.scope} is granted`;
        },
      })),
    ],
    readClock,
    close: () => http.close(),
  };
};
