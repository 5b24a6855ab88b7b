import type { MartDeps } from '../kpis/read-mart.ts';

/** The names of the job types whose work is a warranty's, trimmed and in lower case. */
export const readWarrantyTypes = async ({
  warehouse,
  tenantId,
}: MartDeps): Promise<ReadonlySet<string>> => {
  const rows = await warehouse.query(
    `select distinct lower(trim(jobTypeName)) as name
    from st_ref.dim_job_types
    where tenant_id = @tenant and isWarrantyType`,
    { tenant: tenantId },
  );
  return new Set(rows.map(({ name }) => String(name)));
};
