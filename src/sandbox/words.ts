import { below, pick } from './random.ts';

/** Words for invented names. The cities are real, nobody in them is. */
const firstNames =
  'Ada,Boris,Carmen,Dmitri,Elena,Farid,Greta,Hugo,Imani,Jonas,Kaya,Liam,Mara,Nils,Olga,Pablo,Quinn,Rosa,Samir,Tilda,Ursula,Viktor,Wanda,Xenia,Yusuf,Zoe,José,Renée,Søren,Núria'.split(
    ',',
  );
const lastNames =
  'Ashgrove,Bellweather,Corvin,Dunmore,Eastlake,Farrow,Grimsby,Hollis,Inskip,Jarrow,Kestrel,Lindqvist,Marlowe,Nightingale,Oakhurst,Penrose,Quill,Ravenel,Saltmarsh,Thornbury,Underhill,Vandermeer,Whitlock,Yarrow,Zeller,Peñaloza,Müller,Okafor,Contestabile,Featherstone'.split(
    ',',
  );
const companyStems =
  'Copper Mesa,Saguaro Point,Red Lantern,Blue Heron,Ironwood,Palo Verde,Sandstone,High Desert,Prickly Pear,Juniper,Silver Spur,Roadrunner,Agave,Turquoise,Cactus Wren'.split(
    ',',
  );
const companyKinds =
  'Property Group,Dental Partners,HOA,Storage,Logistics LLC,Academy,Builders,Plaza,Apartments,Brewing Co.'.split(
    ',',
  );
const streets =
  'Ocotillo,Mesquite,Quail Run,Lantern,Wagon Wheel,Orchard,Juniper,Copperhead,Sunset Ridge,Cholla,Arroyo,Meadowlark,Stonegate,Palmetto,Winding Creek'.split(
    ',',
  );
const streetKinds = 'St,Ave,Dr,Ln,Ct,Way,Blvd'.split(',');

export type Region = {
  name: string;
  state: string;
  zip: number;
  phone: string;
  cities: readonly string[];
};

/** The six regions. */
export const regions: readonly Region[] = [
  {
    name: 'Phoenix',
    state: 'AZ',
    zip: 85001,
    phone: '602',
    cities: ['Phoenix', 'Mesa', 'Scottsdale', 'Chandler', 'Gilbert', 'Peoria'],
  },
  {
    name: 'Tucson',
    state: 'AZ',
    zip: 85701,
    phone: '520',
    cities: ['Tucson', 'Marana', 'Oro Valley'],
  },
  {
    name: 'Nevada',
    state: 'NV',
    zip: 89101,
    phone: '702',
    cities: ['Las Vegas', 'Henderson', 'North Las Vegas'],
  },
  {
    name: 'Albuquerque',
    state: 'NM',
    zip: 87101,
    phone: '505',
    cities: ['Albuquerque', 'Rio Rancho', 'Española'],
  },
  {
    name: 'Commercial AZ',
    state: 'AZ',
    zip: 85281,
    phone: '480',
    cities: ['Tempe', 'Phoenix', 'Casa Grande'],
  },
  { name: 'Texas', state: 'TX', zip: 75201, phone: '214', cities: ['Dallas', 'Plano', 'Frisco'] },
];

/** `Ada Ashgrove`. */
export function personName(salt: number): { first: string; last: string } {
  return { first: pick(salt, 11, firstNames), last: pick(salt, 12, lastNames) };
}

/** A customer's name: a person, two people, a company, or one of the office's test customers. */
export function customerName(salt: number, commercial: boolean): string {
  if (below(salt, 13, 400) === 0) return pick(salt, 14, ['Test Customer', 'TEST - do not use']);
  if (commercial) return `${pick(salt, 15, companyStems)} ${pick(salt, 16, companyKinds)}`;
  const { first, last } = personName(salt);
  if (below(salt, 17, 12) === 0) return `${last}, ${first} & ${pick(salt, 18, firstNames)}`;
  return below(salt, 19, 3) === 0 ? `${last}, ${first}` : `${first} ${last}`;
}

/** `1234 Ocotillo Ln`. */
export function streetName(salt: number): string {
  return `${100 + below(salt, 20, 9800)} ${pick(salt, 21, streets)} ${pick(salt, 22, streetKinds)}`;
}

/** A number that rings nowhere. */
export function phoneNumber(salt: number, region: Region): string {
  return `${region.phone}555${String(100 + below(salt, 23, 100)).padStart(4, '0')}`;
}

/** The city of a record in a region. */
export function cityName(salt: number, region: Region): string {
  return pick(salt, 24, region.cities);
}

/** The zip code of a record in a region. */
export function zipCode(salt: number, region: Region): string {
  return String(region.zip + below(salt, 25, 40));
}
