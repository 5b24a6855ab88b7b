import * as json from '../json-text.ts';
import { at, below, pick, roll } from '../random.ts';
import type { CustomerRow, LocationRow, PersonRow } from '../rows.ts';
import type { TableDefinition } from '../table.ts';
import { calendarDate, day, yearOne } from '../ticks.ts';
import { customerName, personName, phoneNumber, regions, streetName } from '../words.ts';
import { coordinates, openAddress } from './settings.ts';

/** The name that other records show for a customer. */
export function nameOfCustomer(row: CustomerRow): string {
  return customerName(row.salt, row.commercial);
}

/** A location is called like its customer, like its street, or (one in two hundred) nothing at all. */
export function nameOfLocation(row: LocationRow): string {
  const form = below(row.salt, 40, 200);
  if (form === 0) return below(row.salt, 41, 2) === 0 ? '' : '  ';
  return form < 40 ? streetName(row.salt) : nameOfCustomer(row.customer);
}

function sensitive(row: PersonRow): string {
  const { salt } = row;
  const region = at(regions, row.unit.region);
  const { first, last } = personName(salt);
  const login = `${first}.${last}`
    .normalize('NFD')
    .replace(/[^A-Za-z.]/g, '')
    .toLowerCase();
  return (
    `"email":"${login}@example.com","phoneNumber":"${phoneNumber(salt, region)}","loginName":"${login}",` +
    `"aadUserId":null,"home":${openAddress(salt, region)}},"hourlyRate":${18 + below(salt, 1, 20)}.50`
  );
}

function shared(row: PersonRow): string {
  const { first, last } = personName(row.salt);
  return (
    `{"id":${row.id},"userId":${row.id + 100_000},"name":${json.text(`${first} ${last}`)},"firstName":${json.text(first)},` +
    `"lastName":${json.text(last)},"roleIds":[${1 + below(row.salt, 2, 9)}],"businessUnitId":${row.unit.id},` +
    `"createdOn":${json.instant(row.created)},"modifiedOn":${json.instant(row.modified)},"active":${row.active},` +
    `"accountLocked":${row.active ? 'false' : 'null'},"startDate":${json.instant(calendarDate(row.from))},` +
    `"customFields":${json.customFields(row.salt)},"permissions":[{"id":${below(row.salt, 3, 50)},"value":"true"}],${sensitive(row)}`
  );
}

const roles = ['CSR', 'Dispatch', 'Accounting', 'SalesManager', 'GeneralOffice', 'FieldManager'];

function renderEmployee(row: PersonRow): string {
  const { salt } = row;
  const left = row.active ? NaN : calendarDate(row.to);
  return (
    `${shared(row)},"managerId":${below(salt, 4, 3) === 0 ? 'null' : row.id - 1},"role":"${pick(salt, 5, roles)}",` +
    `"agentId":${below(salt, 6, 90)},"terminationDate":${json.instant(left)},"overtimeProfileId":null${json.close(salt)}`
  );
}

const positions = '["Installer","Helper"]';

function renderTechnician(row: PersonRow): string {
  const { salt } = row;
  const status = json.looseEnum(
    salt,
    7,
    ['Idle', 'Dispatched', 'Working', 'Meal'],
    below(salt, 8, 3),
  );
  return (
    `${shared(row)},"mainZoneId":null,"zoneIds":${below(salt, 9, 2) === 0 ? 'null' : '[3,5]'},"dailyGoal":${1 + below(salt, 10, 20)}00.00,` +
    `"isManagedTech":false,"licenseType":"NonManagedTech","burdenRate":0.${below(salt, 11, 30)}50,"team":"${pick(salt, 12, ['Rollers', 'Brushes', 'Sprayers'])}",` +
    `"jobFilter":"AllScheduledDispatchedWorking","commissionRate":${below(salt, 13, 8)}.25,"currentValue":null,"jobId":null,` +
    `"mobilePhone":"${phoneNumber(salt, at(regions, row.unit.region))}","outboundCallerId":null,"payrollId":"P-${row.order}","payrollProfileId":null,` +
    `"appoitmentId":null,"shiftStart":"07:00:00","shiftEnd":"16:00:00","soldByRate":${below(salt, 14, 5)}.0,"status":${status},` +
    `"skills":[{"id":1,"name":"Spraying"}],"positions":${positions},"location":{"latitude":33.4${below(salt, 15, 9999)},"longitude":null,` +
    `"coordinatesUpdatedOn":${json.instant(roll(salt, 16) < 0.5 ? yearOne : row.modified)}},"bio":${json.note(salt, 17)},"memo":${json.note(salt, 18)}${json.close(salt)}`
  );
}

function renderCustomer(row: CustomerRow): string {
  const { salt } = row;
  const address = `${openAddress(salt, at(regions, row.region))}${coordinates(salt)}}`;
  const tags = json.looseList(salt, 42, () => String(4000 + below(salt, 43, 30)));
  return (
    `{"id":${row.id},"active":${row.active},"name":${json.text(nameOfCustomer(row))},"type":"${row.commercial ? 'Commercial' : 'Residential'}",` +
    `"address":${address},"customFields":${json.customFields(salt)},"balance":${json.moneyNumber(below(salt, 44, 5) === 0 ? below(salt, 45, 900_000) : 0, salt)},` +
    `"taxExempt":${below(salt, 46, 40) === 0},"tagTypeIds":${tags},"doNotMail":false,"doNotService":${below(salt, 47, 300) === 0},"nationalAccount":false,` +
    `"createdOn":${json.instant(row.created)},"createdById":${120_000 + below(salt, 48, 40)},"modifiedOn":${json.instant(row.modified)},` +
    `"mergedToId":${json.idOf(row.merged)},"paymentTermId":null,"creditLimit":${row.commercial ? '25000.00' : 'null'},"creditLimitBalance":null,` +
    `"externalData":${json.externalData(salt)}${json.close(salt)}`
  );
}

function renderLocation(row: LocationRow): string {
  const { salt } = row;
  const address = `${openAddress(salt, at(regions, row.customer.region))}${coordinates(salt)}}`;
  return (
    `{"id":${row.id},"customerId":${row.customer.id},"active":${row.active},"name":${json.text(nameOfLocation(row))},"address":${address},` +
    `"customFields":${json.customFields(salt)},"createdOn":${json.instant(row.created)},"createdById":${120_000 + below(salt, 48, 40)},` +
    `"modifiedOn":${json.instant(row.modified)},"mergedToId":${json.idOf(row.merged)},"zoneId":${below(salt, 49, 3) === 0 ? 'null' : '3'},` +
    `"taxExempt":false,"tagTypeIds":${below(salt, 50, 20) === 0 ? 'null' : '[]'},"externalData":${json.externalData(salt)},"taxZoneId":${below(salt, 51, 9) + 1}${json.close(salt)}`
  );
}

const personName_ = {
  kind: 'text' as const,
  of: (row: PersonRow) => Object.values(personName(row.salt)).join(' '),
};
const userIds = { kind: 'ids' as const, of: (row: PersonRow) => row.id + 100_000 };

/** Technicians, employees, customers and locations. */
export const peopleTables = {
  technicians: {
    name: 'technicians',
    render: renderTechnician,
    dense: true,
    filters: { name: personName_, userIds },
  },
  employees: {
    name: 'employees',
    render: renderEmployee,
    dense: true,
    filters: { name: personName_, userIds },
  },
  customers: {
    name: 'customers',
    render: renderCustomer,
    filters: { name: { kind: 'text', of: nameOfCustomer } },
  },
  locations: {
    name: 'locations',
    render: renderLocation,
    filters: {
      name: { kind: 'text', of: nameOfLocation },
      customerId: { kind: 'ids', of: (row) => row.customer.id },
    },
  },
} satisfies {
  technicians: TableDefinition<PersonRow>;
  employees: TableDefinition<PersonRow>;
  customers: TableDefinition<CustomerRow>;
  locations: TableDefinition<LocationRow>;
};

/** How long a person without an end stays. */
export const staysOn = 1e5 * day;
