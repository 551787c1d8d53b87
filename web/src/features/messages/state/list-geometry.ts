// Where the rows of a long list are, in pixels from its top. Heights are measured once a row is drawn and estimated before
// that. What an estimate turns out to be must never move what somebody looks at: whoever measures names an anchor, and the
// error goes into `base`, the place of the first row, which is set right where nobody sees it.

export interface Anchor {
  key: string;
  // Of the row's upper edge from the upper edge of what is in view.
  offset: number;
}

export interface Range {
  // The first row and the one after the last.
  from: number;
  to: number;
}

const widthsRemembered = 4;

export class ListGeometry {
  // Of the first row. Not 0 while an error is carried.
  base = 0;
  private keys: readonly string[] = [];
  private indexByKey = new Map<string, number>();
  private starts = new Float64Array(1);
  private width = 0;
  private readonly byWidth = new Map<number, Map<string, number>>();
  private estimates = new Map<string, number>();

  // `estimate` is asked once for each row that was not measured at this width.
  constructor(private readonly estimate: (key: string) => number) {}

  get count(): number {
    return this.keys.length;
  }

  get end(): number {
    return this.startOf(this.count);
  }

  indexOf(key: string): number {
    return this.indexByKey.get(key) ?? -1;
  }

  keyOf(index: number): string {
    return this.keys[index] ?? '';
  }

  startOf(index: number): number {
    return this.base + (this.starts[Math.min(index, this.count)] ?? 0);
  }

  sizeOf(index: number): number {
    return this.startOf(index + 1) - this.startOf(index);
  }

  setRows(keys: readonly string[]): void {
    if (keys === this.keys) return;
    this.keys = keys;
    this.indexByKey = new Map(keys.map((key, index) => [key, index]));
    this.place();
  }

  // Heights belong to a width: another width begins with estimates, and an earlier one with what was measured then.
  setWidth(width: number): boolean {
    if (width === this.width) return false;
    this.width = width;
    this.estimates = new Map();
    const known = this.byWidth.get(width) ?? new Map<string, number>();
    this.byWidth.delete(width);
    this.byWidth.set(width, known);
    const oldest = this.byWidth.keys().next().value;
    if (this.byWidth.size > widthsRemembered && oldest !== undefined) this.byWidth.delete(oldest);
    this.place();
    return true;
  }

  // Everything looks different: another density.
  forget(): void {
    this.byWidth.clear();
    this.byWidth.set(this.width, new Map());
    this.estimates = new Map();
    this.place();
  }

  // True when a row is not as high as it was taken to be.
  measure(heights: Iterable<readonly [string, number]>): boolean {
    const known = this.measured();
    let changed = false;
    for (const [key, height] of heights) {
      const index = this.indexOf(key);
      if (index < 0) continue;
      known.set(key, height);
      changed ||= Math.abs(this.sizeOf(index) - height) > 0.01;
    }
    if (changed) this.place();
    return changed;
  }

  // The row at `y`: the first one that ends below it.
  rowAt(y: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.startOf(middle + 1) > y) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  // The rows that touch the stretch from `top` to `bottom`.
  rangeOf(top: number, bottom: number): Range {
    const from = Math.min(this.rowAt(top), Math.max(0, this.count - 1));
    return { from, to: Math.min(this.count, Math.max(this.rowAt(bottom) + 1, from + 1)) };
  }

  // What somebody looks at: the first row that begins in view, otherwise the one that fills it; rows of `drawn` come first,
  // for where others are is a guess. `passed` is left out: it is no row whose place means anything. All in view follow, for
  // the first may be gone when it is asked for.
  anchorsIn(top: number, bottom: number, drawn: Range, passed?: string): Anchor[] {
    const { from, to } = this.rangeOf(top, bottom);
    const ranks: Anchor[][] = [[], [], []];
    for (let index = from; index < to; index += 1) {
      const offset = this.startOf(index) - top;
      if (this.keyOf(index) === passed || offset >= bottom - top) continue;
      const isDrawn = index >= drawn.from && index < drawn.to;
      ranks[isDrawn ? (offset >= 0 ? 0 : 1) : 2]?.push({ key: this.keyOf(index), offset });
    }
    return ranks.flat();
  }

  // Puts the first anchor that is still there where it was, seen from `top`.
  keep(anchors: readonly Anchor[], top: number): void {
    for (const { key, offset } of anchors) {
      const index = this.indexOf(key);
      if (index < 0) continue;
      this.base += top + offset - this.startOf(index);
      return;
    }
  }

  private measured(): Map<string, number> {
    let known = this.byWidth.get(this.width);
    if (!known) this.byWidth.set(this.width, (known = new Map()));
    return known;
  }

  private place(): void {
    const known = this.measured();
    const starts = new Float64Array(this.count + 1);
    let y = 0;
    for (const [index, key] of this.keys.entries()) {
      y += known.get(key) ?? this.estimated(key);
      starts[index + 1] = y;
    }
    this.starts = starts;
  }

  private estimated(key: string): number {
    let height = this.estimates.get(key);
    if (height === undefined) this.estimates.set(key, (height = this.estimate(key)));
    return height;
  }
}
