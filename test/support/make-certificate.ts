import { generateKeyPairSync, sign } from 'node:crypto';

/** One value of X.509's notation (DER): its tag, its length, its content. */
const encode = (tag: number, ...contents: (Buffer | string)[]): Buffer => {
  const content = Buffer.concat(contents.map((one) => Buffer.from(one)));
  const { length } = content;
  const size = length < 128 ? [length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
};

const sequence = (...contents: Buffer[]): Buffer => encode(0x30, ...contents);
const identifier = (hex: string): Buffer => encode(0x06, Buffer.from(hex, 'hex'));
const date = (at: Date): Buffer =>
  encode(0x17, `${at.toISOString().replace(/\D/g, '').slice(2, 14)}Z`);

const ecdsaWithSha256 = sequence(identifier('2a8648ce3d040302'));
const commonName = identifier('550403');

const dayMs = 86_400_000;

/** A key and the certificate that it signed for itself, for `localhost`, from yesterday until tomorrow, in PEM. */
export const makeCertificate = (now: Date): { key: string; cert: string } => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(encode(0x31, sequence(commonName, encode(0x0c, 'localhost'))));
  const near = (ms: number): Buffer => date(new Date(now.getTime() + ms));
  const said = sequence(
    encode(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    sequence(near(-dayMs), near(dayMs)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = encode(0x03, Buffer.from([0]), sign('sha256', said, privateKey));
  const body = sequence(said, ecdsaWithSha256, signature).toString('base64');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`,
  };
};
