const browsers: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/HeadlessChrome\/|Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];

const systems: [RegExp, string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

// "Firefox on Windows", or what a program without a browser calls itself.
export function deviceName(userAgent: string): { name: string; mobile: boolean } {
  const browser = browsers.find(([pattern]) => pattern.test(userAgent))?.[1];
  const system = systems.find(([pattern]) => pattern.test(userAgent))?.[1];
  const mobile = /iPhone|iPad|Android|Mobile/.test(userAgent);
  if (browser && system) return { name: `${browser} · ${system}`, mobile };
  return { name: browser ?? system ?? userAgent.split(/[\s/]/)[0] ?? '', mobile };
}
