import katex from 'katex';
import 'katex/dist/katex.min.css';

const longest = 8_000;

// False when the formula cannot be drawn; the place is left empty then. Nothing in it may lead elsewhere, and neither
// its size nor what its macros become is without bounds.
export function drawMath(place: HTMLElement, tex: string, display: boolean): boolean {
  if (tex.length > longest) return false;
  try {
    katex.render(tex, place, { displayMode: display, throwOnError: true, trust: false, strict: 'ignore', maxExpand: 500, maxSize: 20 });
    return true;
  } catch {
    place.replaceChildren();
    return false;
  }
}
