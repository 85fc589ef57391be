/** What a browser says of itself, in two words that people know. */
const browsers: [RegExp, string][] = [[/Edg\//, 'Edge'], [/OPR\//, 'Opera'], [/Firefox\//, 'Firefox'], [/Chrom(e|ium)\//, 'Chrome'], [/Safari\//, 'Safari'], [/curl\//i, 'curl']]
const systems: [RegExp, string][] = [[/iPhone|iPad/, 'iOS'], [/Android/, 'Android'], [/Windows/, 'Windows'], [/Mac OS X/, 'macOS'], [/CrOS/, 'ChromeOS'], [/Linux/, 'Linux']]

export function deviceOf(agent: string | null | undefined) {
  const of = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(agent ?? ''))?.[1]
  return { browser: of(browsers) ?? (agent ?? '').split(/[\s/]/)[0], system: of(systems) ?? '', phone: /iPhone|Android|Mobile/.test(agent ?? '') }
}
