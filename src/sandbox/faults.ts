/** Everything the sandbox can do wrong on request. */
export type FaultKind =
  /** Answers `status`, with `retryAfter` seconds and an HTML body if asked. */
  | 'status'
  /** Destroys the socket in the middle of the body. */
  | 'reset'
  /** Ends the body early; `withLength` keeps the Content-Length of the whole. */
  | 'truncate'
  /** A page of HTML under status 200. */
  | 'html200'
  /** Never answers. */
  | 'stall'
  /** Sends the body in small pieces, `ms` apart. */
  | 'trickle'
  /** Answers after `ms`. */
  | 'slow'
  /** Answers after `ms` (never, without) when the page is larger than `pageSize`. */
  | 'slowAbovePageSize'
  /** 401, as for a token that is no good any more. */
  | 'unauthorized'
  /** Forgets every token it gave out. */
  | 'expireTokens'
  /** 403, as for a scope that was not granted. */
  | 'forbidden'
  /** Answers the page before the one that was asked for. */
  | 'repeatPage'
  /** An empty page that says there is more. */
  | 'emptyPageWithMore'
  /** A body that is no JSON. */
  | 'badJson'
  /** An export page whose continueFrom is the token it was asked with. */
  | 'repeatToken'
  /** A record of the entity is added, modified or removed (`change`, or in turn) before the answer. */
  | 'move'
  /** 429 beyond `perSecond` requests in a second. */
  | 'rateLimit'
  /** 409, as the Reporting API answers while it is suspended. */
  | 'maintenance';

/** A fault to inject into the requests it matches. */
export type FaultOptions = {
  kind: FaultKind;
  /** Regular expression on path and query; every API request without one. */
  path?: string;
  /** The entity's name, instead of or beside `path`. */
  entity?: string;
  /** Matching requests that pass first. */
  after?: number;
  /** How often it strikes; without one for ever. */
  times?: number;
  /** Strikes on every n-th matching request only. */
  every?: number;
  status?: number;
  retryAfter?: number;
  html?: boolean;
  withLength?: boolean;
  ms?: number;
  pageSize?: number;
  perSecond?: number;
  change?: 'add' | 'modify' | 'remove';
};

/** A fault in place: how many requests it matched, and in how many it struck. */
export type Fault = FaultOptions & { id: number; matched: number; hits: number };

/** What faults look at. Token requests are struck only by faults with a `path`. */
export type StruckRequest = {
  url: string;
  entity?: string | undefined;
  pageSize?: number;
  isToken?: boolean;
};

export type Faults = {
  add: (options: FaultOptions) => Fault;
  clear: () => void;
  list: () => Fault[];
  /** The faults that strike this request, counted. */
  strike: (request: StruckRequest) => Fault[];
};

/** The kinds, for checking what comes over HTTP. */
export const faultKinds: readonly FaultKind[] = [
  'status',
  'reset',
  'truncate',
  'html200',
  'stall',
  'trickle',
  'slow',
  'slowAbovePageSize',
  'unauthorized',
  'expireTokens',
  'forbidden',
  'repeatPage',
  'emptyPageWithMore',
  'badJson',
  'repeatToken',
  'move',
  'rateLimit',
  'maintenance',
];

/** An empty set of faults. */
export function createFaults(nowMs: () => number): Faults {
  let faults: Fault[] = [];
  let made = 0;
  const recent = new Map<number, number[]>();

  const exceeds = (fault: Fault): boolean => {
    if (fault.kind !== 'rateLimit') return true;
    const now = nowMs();
    const times = (recent.get(fault.id) ?? []).filter((time) => time > now - 1000);
    const over = times.length >= (fault.perSecond ?? 60);
    if (!over) times.push(now);
    recent.set(fault.id, times);
    return over;
  };

  const strikes = (fault: Fault): boolean => {
    fault.matched += 1;
    if (fault.matched <= (fault.after ?? 0)) return false;
    if (fault.hits >= (fault.times ?? Infinity)) return false;
    if ((fault.matched - (fault.after ?? 0)) % (fault.every ?? 1) !== 0) return false;
    if (!exceeds(fault)) return false;
    fault.hits += 1;
    return true;
  };

  return {
    add(options) {
      made += 1;
      const fault: Fault = { ...options, id: made, matched: 0, hits: 0 };
      if (options.path !== undefined) new RegExp(options.path);
      faults.push(fault);
      return fault;
    },
    clear() {
      faults = [];
    },
    list: () => faults.map((fault) => ({ ...fault })),
    strike({ url, entity, pageSize = 50, isToken = false }) {
      return faults.filter((fault) => {
        if (fault.path === undefined && isToken) return false;
        if (fault.path !== undefined && !new RegExp(fault.path).test(url)) return false;
        if (fault.entity !== undefined && fault.entity !== entity) return false;
        if (fault.kind === 'slowAbovePageSize' && pageSize <= (fault.pageSize ?? 0)) return false;
        return strikes(fault);
      });
    },
  };
}
