/** Commits, and opens the file anew (`renew`) before the one that comes after so many. */
export const createRenewal = (commitsPerOpening: number, renew: () => Promise<void>) => {
  let commits = 0;
  /** Before a commit and not after it: when the file is not to be had again, none has been made. */
  const renewInTime = async (): Promise<void> => {
    if (commits < commitsPerOpening) return;
    commits = 0;
    try {
      await renew();
    } catch (error) {
      commits = commitsPerOpening;
      throw error;
    }
  };
  return async <T>(commit: () => Promise<T>): Promise<T> => {
    await renewInTime();
    const done = await commit();
    commits += 1;
    return done;
  };
};
