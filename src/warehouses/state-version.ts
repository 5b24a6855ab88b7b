import { WarehouseError } from '../errors.ts';

/**
 * The version of the state that this program writes: it grows when an older program could not go on with what a newer
 * one left. A column or a table more is no reason: `prepare` adds them.
 * - 1: without the table `state`.
 * - 2: the table `state`, with the contract of each raw table.
 */
export const stateVersion = 2;

/** The rows of `st_ops.state`: value by name; none where the table is not there yet. */
export type State = ReadonlyMap<string, string>;

/** The row that holds the version. */
export const versionName = 'version';

/**
 * Belongs before anything is written.
 * @param place The database, for the message.
 * @throws WarehouseError when a newer program wrote the state, or the version is none.
 */
export const assertKnownState = (state: State, place: string): void => {
  const found = state.get(versionName) ?? '1';
  if (!/^[1-9]\d{0,8}$/.test(found)) {
    throw new WarehouseError(
      `Cannot use ${place}: the row "${versionName}" of st_ops.state holds no version; restore a backup of it`,
    );
  }
  if (Number(found) > stateVersion) {
    throw new WarehouseError(
      `Cannot use ${place}: a newer fieldmart wrote its state (version ${found}, and this one knows versions up to ` +
        `${stateVersion}); install the fieldmart that wrote it, or a newer one`,
    );
  }
};
