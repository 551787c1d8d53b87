import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

// Contrast over the tokens, as WCAG 2 computes it.

type Tokens = Record<string, string>;

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

function tokensOf(selector: string): Tokens {
  const start = css.indexOf(`${selector} {`);
  const body = css.slice(css.indexOf('{', start) + 1, css.indexOf('}', start));
  return Object.fromEntries([...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map((match) => [match[1] ?? '', match[2] ?? '']));
}

// OKLCH to linear sRGB (Björn Ottosson's matrices), clipped to what a screen shows.
function linearRgb(lightness: number, chroma: number, hue: number): [number, number, number] {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (value: number) => Math.min(1, Math.max(0, value));
  return [
    clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function luminance(color: string): number {
  const [l = 0, c = 0, h = 0] = (color.match(/oklch\(([^)/]+)/)?.[1] ?? '').trim().split(/\s+/).map(Number);
  const [red, green, blue] = linearRgb(l, c, h);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const grounds = ['surface', 'raised', 'sunken', 'hover', 'selected'];
const textPairs: [string, string][] = [
  ...grounds.flatMap((ground) => ['text', 'text-soft', 'text-faint'].map((text): [string, string] => [text, ground])),
  ...['surface', 'raised', 'sunken'].map((ground): [string, string] => ['link', ground]),
  ...['surface', 'raised', 'selected', 'accent-soft'].map((ground): [string, string] => ['accent-text', ground]),
  ['accent-ink', 'accent'], ['accent-ink', 'accent-hover'], ['good', 'good-soft'], ['warn', 'warn-soft'], ['bad', 'bad-soft'],
  ['bad', 'surface'], ['bad', 'raised'], ['bad-ink', 'bad-solid'], ['surface', 'text'],
  ...['code-keyword', 'code-string', 'code-number', 'code-comment', 'code-title', 'text'].map((text): [string, string] => [text, 'code']),
];
const linePairs: [string, string][] = [
  ...['surface', 'raised', 'sunken'].flatMap((ground): [string, string][] => [['line-strong', ground], ['focus', ground]]),
  ['good-dot', 'surface'],
  ...[1, 2, 3, 4, 5, 6].map((series): [string, string] => [`series-${series}`, 'surface']),
];

describe.each([['light', ':root'], ['dark', ":root[data-theme='dark']"]])('the %s theme', (_name, selector) => {
  const tokens = tokensOf(selector);
  const value = (name: string) => tokens[name] ?? '';

  it.each(textPairs)('reads %s on %s at 4.5:1', (text, ground) => {
    expect(contrast(value(text), value(ground))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(linePairs)('shows %s on %s at 3:1', (line, ground) => {
    expect(contrast(value(line), value(ground))).toBeGreaterThanOrEqual(3);
  });

  it('reads initials on every hue at 4.5:1', () => {
    const chip = (part: string, hue: number) => `oklch(${value(`avatar-${part}-l`)} ${value(`avatar-${part}-c`)} ${hue})`;

    for (let hue = 0; hue < 360; hue += 5) {
      expect(contrast(chip('ink', hue), chip('ground', hue)), `hue ${hue}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('defines what the other theme defines', () => {
    expect(Object.keys(tokens).sort()).toEqual(Object.keys(tokensOf(':root')).sort());
  });
});
