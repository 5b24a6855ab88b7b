import fc from 'fast-check';
import { HttpFailure } from '../../../src/http/failure.ts';
import { envelopeMembersMax, jsonDepthMax, responseRecordsMax } from '../../../src/limits.ts';
import { cutRecords } from '../../../src/sources/servicetitan/cut-records.ts';
import { dropFields } from '../../../src/sources/servicetitan/drop-fields.ts';
import { joinLines } from '../../../src/sources/servicetitan/join-lines.ts';
import { readField } from '../../../src/sources/servicetitan/read-field.ts';
import { applyDamage, damage } from '../../support/damage-bytes.ts';
import { hostileBody, objectText, toStoredLine } from '../../support/hostile-json.ts';

const megabyte = 1024 * 1024;

/** What is stored of a body; null where it is refused. Anything but a refusal is a bug, and thrown. */
const cut = (given: string | Buffer, drop: readonly string[] = []): string[] | null => {
  const body = Buffer.from(given);
  try {
    const { spans } = cutRecords(body);
    const lines = joinLines(body, spans, new Set(drop)).toString().split('\n');
    expect(lines.pop()).toBe('');
    return lines;
  } catch (error) {
    if (error instanceof HttpFailure && error.kind === 'body') return null;
    throw error;
  }
};

/** Of this process, whatever else the machine does. */
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\ufeff/, '')) as unknown;
  } catch {
    return undefined;
  }
};

const dataOf = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && 'data' in body ? body.data : undefined;

test('whatever JSON is in them, records are stored as they were sent', () => {
  fc.assert(
    fc.property(hostileBody, ({ text, records }) => {
      expect(cut(text)).toEqual(records.map(toStoredLine));
    }),
    { numRuns: 1000 },
  );
});

test('a body that ends early is refused, at each of its bytes', () => {
  fc.assert(
    fc.property(hostileBody, ({ text }) => {
      const body = Buffer.from(text);
      for (let end = 0; end < body.length; end += 1) {
        if (cut(body.subarray(0, end)) !== null) throw new Error(`taken when cut at byte ${end}`);
      }
    }),
    { numRuns: 30 },
  );
});

const isUtf8 = (bytes: Buffer): boolean => Buffer.from(bytes.toString()).equals(bytes);

test('a damaged body gives the records that JSON.parse finds in it, or is refused', () => {
  const outcomes = { taken: 0, refused: 0 };
  fc.assert(
    fc.property(
      hostileBody,
      fc.array(damage, { minLength: 1, maxLength: 3 }),
      ({ text }, damages) => {
        const body = damages.reduce(applyDamage, Buffer.from(text));
        const lines = cut(body);
        outcomes[lines === null ? 'refused' : 'taken'] += 1;
        const data = dataOf(parse(body.toString()));
        if (lines !== null) {
          expect(lines.map(parse)).toEqual(data);
          return;
        }
        const keys = body.toString().match(/"d(?:a|\\u0061)ta"|\\u0064/g) ?? [];
        const isPage = Array.isArray(data) && isUtf8(body) && keys.length === 1;
        if (isPage) throw new Error('refused, though JSON.parse finds one array of data');
      },
    ),
    { numRuns: 1500 },
  );
  // Most damage leaves no JSON; where all of it did, nothing would have been compared.
  expect(outcomes.taken).toBeGreaterThan(50);
  expect(outcomes.refused).toBeGreaterThan(50);
});

test('any bytes at all are refused, never a crash', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(cut(Buffer.from(bytes))).toBeNull();
    }),
  );
});

test('dropping fields leaves every other byte, whatever the record holds', () => {
  fc.assert(
    fc.property(objectText, fc.constantFrom('id', 'a', '', '__proto__'), (record, name) => {
      const left = dropFields(Buffer.from(record), new Set([name])).toString();
      const before = parse(record) as Record<string, unknown>;
      const kept = Object.keys(before).filter((key) => key !== name);
      const after = parse(left) as Record<string, unknown>;
      expect(Object.keys(after)).toEqual(kept);
      for (const key of kept) expect(after[key]).toEqual(before[key]);
      if (!Object.hasOwn(before, name)) expect(left).toBe(record);
    }),
    { numRuns: 500 },
  );
});

test('a field is read as JSON.parse reads it, and a number keeps its digits', () => {
  fc.assert(
    fc.property(objectText, (record) => {
      const { id } = parse(record) as { id?: unknown };
      const text = readField(Buffer.from(record), 'id');
      if (typeof id === 'string') expect(text).toBe(id);
      else if (typeof id === 'number') {
        expect(Number(text)).toBe(id);
        expect(record).toContain(text);
      } else expect(text).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});

describe('nesting', () => {
  const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

  test('is taken up to the limit and refused beyond it', () => {
    // The body's object and its `data` are two levels themselves.
    expect(cut(`{"data":[${nested(jsonDepthMax - 1)}]}`)).toEqual([nested(jsonDepthMax - 1)]);
    expect(cut(`{"data":[${nested(jsonDepthMax)}]}`)).toBeNull();
  });

  test.each(['[', '{"a":', '[{"a":', '[[],'])('of ten million %s is refused at once', (opening) => {
    const body = Buffer.from(`{"data":[${opening.repeat(10_000_000)}`);
    const before = cpuMs();
    expect(cut(body)).toBeNull();
    expect(cpuMs() - before).toBeLessThan(2_000);
  });
});

/** Records of many megabytes; what each is made of decides what a careless reader would trip over. */
const giants: Record<string, () => string> = {
  'one string of 50 MB': () => `{"id":1,"note":"${'\u00e9 '.repeat(17 * megabyte)}"}`,
  '50 MB of small members': () => `{"id":1${`,"a":"${'x'.repeat(43)}"`.repeat(megabyte)}}`,
  'an array of 4 MB': () => `{"id":1,"items":[0${',1'.repeat(2 * megabyte)}]}`,
  '16 MB of escapes': () => `{"id":1,"note":"${'\\u00e9\\"\\\\'.repeat(1.6 * megabyte)}"}`,
  'a number of 16 MB': () => `{"id":1,"total":0.${'7'.repeat(16 * megabyte)}}`,
  '16 MB of blanks': () => `{"id":1,${' '.repeat(16 * megabyte)}"a":2}`,
};

const bytesInUse = (): number => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

test.each(Object.keys(giants))('%s is one record, in bounded time and memory', (name) => {
  const record = giants[name]?.() ?? '';
  const body = Buffer.from(`{"data":[{"rate":1},${record},{"id":2}],"hasMore":false}`);
  const wanted = Buffer.from(`{}\n${record}\n{"id":2}\n`);
  const [bytesBefore, msBefore] = [bytesInUse(), cpuMs()];
  const lines = joinLines(body, cutRecords(body).spans, new Set(['rate']));
  expect(cpuMs() - msBefore).toBeLessThan(10_000);
  // One copy of the records, and what the garbage collector has not got to.
  expect(bytesInUse() - bytesBefore).toBeLessThan(wanted.length + 32 * megabyte);
  expect(lines.equals(wanted)).toBe(true);
});

describe('an answer that would fill the memory', () => {
  const failureOf = (body: Buffer): unknown => {
    try {
      return cutRecords(body);
    } catch (error) {
      return error;
    }
  };

  test('with more records than any page has is too large', () => {
    const body = Buffer.from(`{"data":[${'1,'.repeat(20 * megabyte)}1]}`);
    const before = bytesInUse();
    expect(failureOf(body)).toMatchObject({ kind: 'tooLarge' });
    expect(bytesInUse() - before).toBeLessThan(64 * megabyte);
    const whole = Buffer.from(`{"data":[${'1,'.repeat(responseRecordsMax - 1)}1]}`);
    expect(cutRecords(whole).spans).toHaveLength(2 * responseRecordsMax);
  });

  test('with more members beside the records than any envelope has is refused', () => {
    const members = (count: number): string =>
      Array.from({ length: count }, (_, index) => `"m${index}":${index},`).join('');
    expect(cut(`{${members(envelopeMembersMax)}"data":[1]}`)).toEqual(['1']);
    expect(cut(`{${members(envelopeMembersMax + 1)}"data":[1]}`)).toBeNull();
  });

  test('with a very long member beside the records has that member stepped over', () => {
    const body = Buffer.from(
      `{"notes":[0${',0'.repeat(10 * megabyte)}],"data":[1],"hasMore":true}`,
    );
    const before = bytesInUse();
    const { envelope } = cutRecords(body);
    expect(bytesInUse() - before).toBeLessThan(16 * megabyte);
    expect([...envelope]).toEqual([
      ['notes', {}],
      ['hasMore', true],
    ]);
  });
});
