import { at, below, pick, roll } from '../random.ts';
import * as json from '../json-text.ts';
import type { JobTypeRow, NamedRow, UnitRow } from '../rows.ts';
import type { TableDefinition } from '../table.ts';
import { cityName, phoneNumber, regions, streetName, zipCode } from '../words.ts';
import type { Region } from '../words.ts';

/** An address as settings and crm write it, without the closing brace. */
export function openAddress(salt: number, region: Region): string {
  const unit = below(salt, 26, 6) === 0 ? `"Apt ${1 + below(salt, 27, 40)}"` : 'null';
  const city = json.plain(cityName(salt, region));
  return (
    `{"street":"${streetName(salt)}","unit":${unit},"city":${city},"state":"${region.state}",` +
    `"zip":"${zipCode(salt, region)}","country":"USA"`
  );
}

/** Coordinates with as many digits as the source gives. */
export function coordinates(salt: number): string {
  if (below(salt, 28, 4) === 0) return ',"latitude":null,"longitude":null';
  const minor = String(below(salt, 29, 1e9)).padStart(9, '0');
  return `,"latitude":33.${minor}12345,"longitude":-111.${minor}`;
}

function renderUnit(row: UnitRow): string {
  const { salt } = row;
  const region = at(regions, row.region);
  const address =
    openAddress(salt, region) +
    `${coordinates(salt)},"isManualCoordinates":false,"isMilitary":false}`;
  return (
    `{"id":${row.id},"active":${row.active},"name":${json.text(row.name)},"officialName":${json.text(row.name.trim())},` +
    `"email":"office@example.com","currency":"USD","phoneNumber":"${phoneNumber(salt, region)}",` +
    `"invoiceHeader":"<b>Invented Painting &amp; Co.</b>","invoiceMessage":null,"defaultTaxRate":0.0${below(salt, 1, 900)}0,` +
    `"authorizationParagraph":${json.note(salt, 2)},"acknowledgementParagraph":null,"address":${address},` +
    `"materialSku":null,"quickbooksClass":"${row.kind}","accountCode":null,"franchiseId":null,"conceptCode":null,` +
    `"corporateContractNumber":null,"trade":{"id":11,"name":"Painting"},"division":${row.kind === 'none' ? 'null' : `{"id":${20 + row.region},"name":"${region.name}"}`},` +
    `"tagTypeIds":${below(salt, 3, 2) === 0 ? 'null' : '[]'},"tenant":{"id":4711,"name":"Invented Painting","accountCode":null,` +
    `"franchiseId":null,"conceptCode":null,"modifiedOn":"2020-01-02T03:04:05.6789Z"},"createdOn":${json.instant(row.created)},` +
    `"modifiedOn":${json.instant(row.modified)},"externalData":${json.externalData(salt)},"certifiedSentriconSpecialistCode":null${json.close(salt)}`
  );
}

function renderJobType(row: JobTypeRow): string {
  const { salt } = row;
  const priority = pick(salt, 1, ['Normal', 'Low', 'High', 'Urgent']);
  const action = pick(salt, 2, ['None', 'Prompt', 'CreateJob']);
  const threshold = row.group === 'estimate' ? '100.00' : below(salt, 4, 2) === 0 ? 'null' : '0';
  return (
    `{"id":${row.id},"name":${json.text(row.renamed ?? row.name)},"businessUnitIds":${below(salt, 5, 4) === 0 ? 'null' : '[]'},"skills":[],` +
    `"tagTypeIds":[null],"priority":"${priority}","duration":${3600 * (1 + below(salt, 6, 8))},"soldThreshold":${threshold},` +
    `"class":"${row.group === 'estimate' ? 'Sales' : 'Install'}","summary":${json.note(salt, 7)},"noCharge":${row.group === 'service'},` +
    `"enforceRecurringServiceEventSelection":null,"invoiceSignaturesRequired":${roll(salt, 8) < 0.5},"modifiedOn":${json.instant(row.modified)},` +
    `"createdOn":${json.instant(row.created)},"externalData":${json.externalData(salt)},"active":${row.active},"isSmartDispatched":false,` +
    `"defaultEstimateSoldAction":"${action}","customFieldTypeIds":[]${json.close(salt)}`
  );
}

function renderTagType(row: NamedRow): string {
  const { salt } = row;
  const importance =
    below(salt, 1, 3) === 0
      ? 'null'
      : json.looseEnum(salt, 2, ['Medium', 'High'], below(salt, 3, 2));
  return (
    `{"id":${row.id},"name":${json.text(row.renamed ?? row.name)},"color":"#${String(below(salt, 4, 999999)).padStart(6, '0')}","code":"T${row.order}",` +
    `"importance":${importance},"isConversionOpportunity":${roll(salt, 5) < 0.2},"allowToUseOnTimesheetActivity":false,` +
    `"isVisibleOnDispatchBoard":true,"active":${row.active},"createdOn":${json.instant(row.created)},"modifiedOn":${json.instant(row.modified)}${json.close(salt)}`
  );
}

function renderCampaign(row: NamedRow): string {
  const { salt } = row;
  const category =
    below(salt, 1, 5) === 0
      ? 'null'
      : `{"id":${900 + below(salt, 2, 6)},"name":"${pick(salt, 2, ['Web', 'Print', 'Referral', 'Radio', 'Events', 'Yard signs'])}","active":true}`;
  return (
    `{"id":${row.id},"name":${json.text(row.renamed ?? row.name)},"modifiedOn":${json.instant(row.modified)},"createdOn":${json.instant(row.created)},` +
    `"active":${row.active},"isDefaultCampaign":${row.order === 0},"category":${category},"source":${json.note(salt, 3)},` +
    `"otherSource":null,"businessUnit":${below(salt, 4, 2) === 0 ? 'null' : '"Phoenix-Sales"'},"medium":"${pick(salt, 5, ['Online', 'Mail', 'Phone'])}",` +
    `"otherMedium":null,"campaignPhoneNumbers":${below(salt, 6, 3) === 0 ? 'null' : '["6025550142"]'}${json.close(salt)}`
  );
}

/** Half of the payment types never had a modification date. */
function paymentTypeModified(row: NamedRow): number {
  return row.order % 2 === 0 ? row.modified : NaN;
}

function renderPaymentType(row: NamedRow): string {
  return (
    `{"id":${row.id},"name":${json.text(row.renamed ?? row.name)},"modifiedOn":${json.instant(paymentTypeModified(row))},` +
    `"createdOn":${json.instant(row.created)}${json.close(row.salt)}`
  );
}

const name = { kind: 'text' as const, of: (row: NamedRow) => row.renamed ?? row.name };

/** Business units, job types, tags, campaigns and payment types: rows that do not grow with the scale. */
export const settingsTables = {
  units: { name: 'business-units', render: renderUnit, dense: true, filters: { name } },
  jobTypes: { name: 'job-types', render: renderJobType, dense: true, filters: { name } },
  tagTypes: { name: 'tag-types', render: renderTagType, dense: true, filters: { name } },
  campaigns: { name: 'campaigns', render: renderCampaign, dense: true, filters: { name } },
  paymentTypes: {
    name: 'payment-types',
    render: renderPaymentType,
    modifiedOf: paymentTypeModified,
    dense: true,
  },
} satisfies {
  units: TableDefinition<UnitRow>;
  jobTypes: TableDefinition<JobTypeRow>;
  tagTypes: TableDefinition<NamedRow>;
  campaigns: TableDefinition<NamedRow>;
  paymentTypes: TableDefinition<NamedRow>;
};
