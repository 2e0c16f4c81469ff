/** Command-line switches that would open the program to others; a packaged one refuses to run with them. */

const unsafe =
  /^(remote-debugging|remote-allow-origins|inspect|js-flags|disable-web-security|no-sandbox|disable-site-isolation|allow-file-access|ignore-certificate-errors|proxy-(server|pac-url|auto-detect)|host-(resolver-)?rules|load-extension|log-net-log|(renderer|utility|gpu)-(cmd-prefix|launcher))/i

/** The first unsafe switch in `argv`, as it was written. Chromium takes one dash for two, and on Windows a slash as well. */
export function unsafeSwitch(argv: readonly string[], platform: NodeJS.Platform): string | undefined {
  const prefix = platform === 'win32' ? /^(--?|\/)/ : /^--?/
  return argv.find((arg) => prefix.test(arg) && unsafe.test(arg.replace(prefix, '')))
}
