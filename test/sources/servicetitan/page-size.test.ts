import { smallerPageSize } from '../../../src/sources/servicetitan/read-list.ts';

test.each([
  [5000, 2500],
  [2500, 1250],
  [625, 125],
  [125, undefined],
  [100, 50],
  [99, undefined],
])('a page size of %d is followed by %s', (size, smaller) => {
  expect(smallerPageSize(size)).toBe(smaller);
});
