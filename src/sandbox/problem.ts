/** A refusal as the API words it (problem details). */
export type Problem = {
  status: number;
  title: string;
  errors?: Record<string, string[]>;
  headers?: Record<string, string>;
};

/** Thrown by whatever finds the fault, answered by the server. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.title);
    this.problem = problem;
  }
}

/** Refuses a parameter: 400. */
export function refuseParameter(name: string, reason: string): never {
  throw new ProblemError({
    status: 400,
    title: 'One or more validation errors occurred.',
    errors: { [name]: [reason] },
  });
}

/** The body of a refusal. */
export function problemText(problem: Problem, traceId: string): string {
  return JSON.stringify({
    type: `https://httpstatuses.com/${problem.status}`,
    title: problem.title,
    status: problem.status,
    traceId,
    errors: problem.errors ?? {},
    data: {},
  });
}
