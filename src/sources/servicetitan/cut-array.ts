import { HttpFailure } from '../../http/failure.ts';
import { instantiate } from '../../json/instantiate.ts';
import { JsonError, openBracket, skipColon, skipString, skipValue } from '../../json/scan-json.ts';
import { responseRecordsMax } from '../../limits.ts';
import { clearTally } from './tally.ts';
import type { Tally } from './tally.ts';
import { readKey } from './walk-members.ts';

type Global = { readonly value: number };

/** What `assembly/cut-records.ts` exports, which says what each is. */
type CutModule = {
  memory: WebAssembly.Memory;
  window: Global;
  windowBytes: Global;
  spans: Global;
  spanCount: Global;
  fields: Global;
  fieldBytes: Global;
  fieldsMax: Global;
  next: Global;
  cut: (state: number, bytes: number, shift: number, watched: boolean) => number;
  countMember: (slot: number, firstByte: number) => void;
};

/** What may come next where the module stopped: its numbers. */
const next = {
  recordOrEnd: 0,
  record: 1,
  commaOrEnd: 2,
  memberOrBrace: 3,
  member: 4,
  commaOrBrace: 5,
  nothing: 6,
};

type CutOptions = {
  /** Start and end (exclusive) of each record are added here. */
  spans: number[];
  /** Counts the members of records that are objects; what it counted before is forgotten. */
  tally: Tally | undefined;
  /** The most that is copied into the module's memory at a time: less than it holds, in tests. */
  windowBytes?: number;
};

type CutArray = (body: Buffer, at: number, options: CutOptions) => number;

/** How far a body has been stepped over, and what may come next there. */
type Progress = { at: number; state: number };

const createCutArray = (): CutArray => {
  /** Of the array that is being cut. */
  let tally: Tally | undefined;
  const findSlot = (from: number, to: number): number =>
    tally?.findSlot(readKey(memory, from, to)) ?? 0;
  const module = instantiate('cut-records', { 'cut-records': { findSlot } }) as CutModule;
  // It does not grow.
  const memory = Buffer.from(module.memory.buffer);
  const window = module.window.value;
  const fields = module.fields.value;
  const notesBytesMax = module.fieldsMax.value * module.fieldBytes.value;

  const bringNotes = ({ notes }: Tally): void => {
    if (notes.byteLength > notesBytesMax) {
      throw new Error(`Cannot count fields: their notes take ${notes.byteLength} bytes`);
    }
    memory.set(new Uint8Array(notes.buffer), fields);
  };

  const takeNotes = ({ notes }: Tally): void => {
    notes.set(new Uint32Array(memory.buffer, fields, notes.length));
  };

  const takeSpans = (spans: number[]): void => {
    const places = new Uint32Array(memory.buffer, module.spans.value, 2 * module.spanCount.value);
    for (const place of places) spans.push(place);
    if (spans.length > 2 * responseRecordsMax) throw new HttpFailure('tooLarge');
  };

  const stepWindow = (body: Buffer, { at, state }: Progress, bytesMax: number): Progress => {
    const bytes = body.subarray(at, at + bytesMax);
    memory.set(bytes, window);
    const shift = at - window;
    const to = module.cut(state, bytes.length, shift, tally !== undefined);
    return { at: to + shift, state: module.next.value };
  };

  const stepMember = (body: Buffer, at: number): number => {
    const keyTo = skipString(body, at);
    const valueFrom = skipColon(body, keyTo);
    const to = skipValue(body, valueFrom, 3);
    module.countMember(tally?.findSlot(readKey(body, at, keyTo)) ?? 0, body[valueFrom] ?? 0);
    return to;
  };

  /** Steps over what the module did not, although its window began there: it is larger than that, or not JSON. */
  const stepOver = (body: Buffer, { at, state }: Progress, spans: number[]): Progress => {
    if (state === next.memberOrBrace || state === next.member) {
      return { at: stepMember(body, at), state: next.commaOrBrace };
    }
    if (state !== next.recordOrEnd && state !== next.record) throw new JsonError();
    const to = skipValue(body, at, 2);
    spans.push(at, to);
    return { at: to, state: next.commaOrEnd };
  };

  return (body, at, { spans, tally: given, windowBytes = module.windowBytes.value }) => {
    if (body[at] !== openBracket) throw new JsonError();
    tally = given;
    if (tally !== undefined) {
      clearTally(tally);
      bringNotes(tally);
    }
    let progress: Progress = { at: at + 1, state: next.recordOrEnd };
    while (progress.state !== next.nothing) {
      const from = progress.at;
      progress = stepWindow(body, progress, windowBytes);
      takeSpans(spans);
      if (progress.at === from) progress = stepOver(body, progress, spans);
    }
    if (tally !== undefined) takeNotes(tally);
    return progress.at;
  };
};

let opened: CutArray | undefined;

/**
 * Steps over the array of records that begins at `at`, notes where they lie, and gives the place after it. Every byte is
 * checked. One module serves all, since nothing else runs while it does.
 * @throws JsonError where the bytes are no array, not JSON, end early or nest too deep.
 * @throws HttpFailure of kind `tooLarge` where it holds more records than allowed.
 */
export const cutArray: CutArray = (body, at, options) => {
  opened ??= createCutArray();
  return opened(body, at, options);
};
