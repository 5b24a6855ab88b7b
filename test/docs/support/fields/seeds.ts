/** What the columns of the seeds mean, by file; `about` is what a row of it says. */
export const seeds: Readonly<
  Record<string, { about: string; columns: Readonly<Record<string, string>> }>
> = {
  business_unit_rollup: {
    about:
      'which unit a business unit counts under, as a person wrote it; one row per business unit',
    columns: {
      business_unit_id: 'id in the source; an empty one stands for the business unit of that name',
      business_unit_name: 'name in the source; trimmed and case-folded when it is looked for',
      unit_kind: 'SALES, PRODUCTION, or NONE for what counts nowhere',
      rolls_up_to: 'the unit that it counts under, under the name that analysts know',
      region: 'region of that unit',
    },
  },
  job_type_groups: {
    about: 'the groups that job types belong to; one row per group and job type',
    columns: {
      job_type_group: 'estimate, warranty or production_exclude',
      job_type_name: 'name in the source; trimmed and case-folded when it is looked for',
    },
  },
};
