import { HttpFailure } from '../../../http/failure.ts';
import { explainPageFailure } from '../explain-failure.ts';

/** Scopes as the API's documentation gives them per endpoint. */
export const reportsScope = 'tn.rpr.reports:r';
export const categoriesScope = 'tn.rpr.reportcategories:r';

const adviceOn400 = (error: unknown, parameters: readonly string[]): string => {
  const named = error instanceof HttpFailure ? (error.facts.fields ?? []) : [];
  // Names that we sent ourselves can be shown; whatever else the answer holds cannot.
  const faulty = named.filter((name) => parameters.includes(name));
  const which = faulty.length === 0 ? 'a parameter' : `the parameter ${faulty.join(', ')}`;
  return `it does not take ${which} as it was given; compare --param with what the report asks for`;
};

/** What to throw for a failed request of the Reporting API; anything but an HttpFailure stays as it is. */
export const explainReportFailure = (
  error: unknown,
  asked: { what: string; place: string; scope?: string; parameters?: readonly string[] },
): unknown =>
  explainPageFailure(error, {
    what: asked.what,
    place: asked.place,
    scope: asked.scope ?? reportsScope,
    again: 'startsOver',
    advice: {
      400: adviceOn400(error, asked.parameters ?? []),
      409: 'reports are suspended for maintenance; run the command again later',
      429: 'the report runs once a minute; run the command again later',
    },
  });
