import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const places = [
  process.env.CHROMIUM_PATH ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Where this machine's Chromium is; undefined where it has none, which is said so that nobody overlooks it. */
export const findChromium = (): string | undefined => {
  const found = places.find((path) => path !== '' && existsSync(path));
  if (found === undefined) {
    process.stderr.write(
      `\n${'!'.repeat(100)}\n! NOT PROVED: that browsers show the report as they should. There is no Chromium on this machine;\n` +
        '! install one (Debian: apt-get install chromium) or name it in CHROMIUM_PATH.\n' +
        `${'!'.repeat(100)}\n`,
    );
  }
  return found;
};

/** Starts it without a window; root must do without its sandbox. */
export const openChromium = (executablePath: string): Promise<Browser> =>
  chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
