import { readdir } from 'node:fs/promises';

/** The files of a folder with this ending, by name. A folder that is not there holds nothing: git keeps no empty ones. */
export const listFiles = async (folder: string, ending: string): Promise<string[]> => {
  try {
    return (await readdir(folder)).filter((file) => file.endsWith(ending)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
};
