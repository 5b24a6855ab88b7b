import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openDatabox, type Databox } from '../../../src/publish/databox/open-databox.ts';
import { startDatabox, type StandIn } from '../support/start-databox.ts';

let standIn: StandIn;
let databox: Databox;
let sleptMs: number;

beforeEach(async () => {
  standIn = await startDatabox('a-key', { set: 'id' });
  sleptMs = 0;
  databox = openDatabox({
    ...{ apiKey: 'a-key', baseUrl: standIn.url, log: () => undefined },
    http: {
      sleep: (ms) => {
        sleptMs += ms;
        return Promise.resolve();
      },
      random: () => 0,
      requestsPerSecond: 1_000,
    },
  });
});

afterEach(async () => {
  await databox.close();
  await standIn.close();
  expect(standIn.faults).toEqual([]);
});

test('waits for an ingestion that is not done yet', async () => {
  standIn.fail({ pending: 3 });
  const id = await databox.send('set', [{ id: 1 }]);
  await databox.confirm('set', { id, records: 1 });
  expect(sleptMs).toBe(9_000);
});

test('gives up after a minute, and says that nothing is lost', async () => {
  standIn.fail({ pending: 1_000 });
  const id = await databox.send('set', [{ id: 1 }]);
  await expect(databox.confirm('set', { id, records: 1 })).rejects.toThrow(
    /^Cannot publish to Databox: an ingestion of data set set is not done after a minute; run the command again/,
  );
  expect(sleptMs).toBe(57_000);
});

test('asks again where the service fails for a moment; a call that came through twice leaves one row', async () => {
  standIn.fail({ status: 503, times: 2 });
  await databox.send('set', [{ id: 1 }]);
  await databox.send('set', [{ id: 1 }]);
  expect(standIn.rows.get('set')?.size).toBe(1);
});

test('says how many records were rejected', async () => {
  standIn.fail({ reject: 2 });
  const id = await databox.send('set', [{ id: 1 }, { id: 2 }, { id: 3 }]);
  await expect(databox.confirm('set', { id, records: 3 })).rejects.toThrow(
    /it rejected 2 of 3 records/,
  );
});

test.each([
  [403, /it refused the key \(403\); check DATABOX_API_KEY$/],
  [422, /it refused the records \(422\); check the columns and the primary key of data set set$/],
  [418, /it answered 418; run the command again later$/],
])('explains a refusal with %d', async (status, message) => {
  standIn.fail({ status, times: 1 });
  await expect(databox.send('set', [{ id: 1 }])).rejects.toThrow(message);
});

test('names a data set that Databox does not know', async () => {
  await expect(databox.send('other', [{ id: 1 }])).rejects.toThrow(
    /it knows no data set other; check DATABOX_DATASET_ID/,
  );
});
