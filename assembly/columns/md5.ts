/** What the padding of a text takes at most: a bit, its length, and zeros up to the end of a block. */
export const paddingBytes: usize = 72;

const blockBytes: usize = 64;

/** By how many bits the steps of each of the four rounds turn: four of them, over and over. */
const turns = memory.data<u8>([7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]);

/** The constant of each step: its number's sine, without the sign, in parts of 2^32. */
const sines = memory.data<u32>([
  0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
  0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
  0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
  0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
  0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
  0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
  0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
  0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
]);

/** Takes a block into the four words of the hash. */
function takeBlock(hash: usize, block: usize): void {
  let a = load<u32>(hash);
  let b = load<u32>(hash, 4);
  let c = load<u32>(hash, 8);
  let d = load<u32>(hash, 12);
  for (let step = 0; step < 64; step += 1) {
    const round = step >> 4;
    let mixed = a;
    let place = step;
    if (round === 0) mixed += (b & c) | (~b & d);
    else if (round === 1) {
      mixed += (b & d) | (c & ~d);
      place = 5 * step + 1;
    } else if (round === 2) {
      mixed += b ^ c ^ d;
      place = 3 * step + 5;
    } else {
      mixed += c ^ (b | ~d);
      place = 7 * step;
    }
    mixed +=
      load<u32>(block + (((<usize>place) & 15) << 2)) + load<u32>(sines + ((<usize>step) << 2));
    const turn = load<u8>(turns + <usize>((round << 2) | (step & 3)));
    a = d;
    d = c;
    c = b;
    b += rotl<u32>(mixed, turn);
  }
  store<u32>(hash, load<u32>(hash) + a);
  store<u32>(hash, load<u32>(hash, 4) + b, 4);
  store<u32>(hash, load<u32>(hash, 8) + c, 8);
  store<u32>(hash, load<u32>(hash, 12) + d, 12);
}

/**
 * Writes the MD5 (RFC 1321) of a text to `hash`: sixteen bytes.
 * @param to Where the text ends; {@link paddingBytes} from there on are overwritten.
 */
export function hashText(hash: usize, from: usize, to: usize): void {
  const bytes = to - from;
  const end = from + ((bytes + 8 + blockBytes) & ~(blockBytes - 1));
  memory.fill(to, 0, end - to);
  store<u8>(to, 0x80);
  store<u64>(end - 8, (<u64>bytes) << 3);
  store<u32>(hash, 0x67452301);
  store<u32>(hash, 0xefcdab89, 4);
  store<u32>(hash, 0x98badcfe, 8);
  store<u32>(hash, 0x10325476, 12);
  for (let block = from; block < end; block += blockBytes) takeBlock(hash, block);
}
