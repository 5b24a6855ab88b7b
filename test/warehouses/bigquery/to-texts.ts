/** What a table and its columns are told to hold, of the table as the API describes it. */
export const toTexts = (resource: unknown) => {
  const { description = '', schema } = resource as {
    description?: string;
    schema: { fields: { name: string; description?: string }[] };
  };
  const columns = schema.fields.map((field) => [field.name, field.description ?? '']);
  return { description, columns: Object.fromEntries(columns) as Record<string, string> };
};
