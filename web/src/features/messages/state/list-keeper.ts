import { ListGeometry, type Anchor, type Range } from './list-geometry';

export type Align = 'start' | 'center' | 'nearest';

// What runs: a frame of the browser, or a rendering.
export type Within = 'frame' | 'rendering';

interface Place {
  key: string;
  align: Align | number;
}

// Drawn beyond what is in view on both sides, and how much of it must be left before more is drawn.
const drawnBeyond = 480;
const leastBeyond = 160;
// Closer to the end than this is at the end.
const endSlack = 2;
const idleMilliseconds = 160;
// Rows are drawn and measured until all that is in view is measured; it ends long before.
const mostRounds = 24;

// Keeps a scrolled list still. It draws the rows around what is in view, measures them before they are painted, and puts
// what turned out otherwise where nobody looks. It writes the scroll position as seldom as it can, for that would end
// a movement of the browser that is under way.
export class ListKeeper {
  readonly geometry: ListGeometry;
  range: Range = { from: 0, to: 0 };
  // Whether the end stays in view when something comes or grows there.
  private following = true;
  private place: Place | null = null;
  private anchors: Anchor[] = [];
  private top = 0;
  private height = 0;
  private keys: readonly string[] = [];
  private rounds = 0;
  private touching = false;
  private idle: ReturnType<typeof setTimeout> | undefined;
  private scroller: HTMLElement | null = null;
  private content: HTMLElement | null = null;
  private block: HTMLElement | null = null;
  private readonly sizes = new ResizeObserver(() => this.settle('frame'));
  private readonly observed = new Set<Element>();

  // `draw` draws the rows of `range`: before it returns within a frame, or with the rendering that runs. `moved` hears of
  // each change of what is in view. The row `passed` is no anchor.
  constructor(
    estimate: (key: string) => number,
    private readonly passed: string,
    private readonly draw: (within: Within) => void,
    private readonly moved: () => void,
  ) {
    this.geometry = new ListGeometry(estimate);
  }

  attach(scroller: HTMLElement, content: HTMLElement, block: HTMLElement): () => void {
    [this.scroller, this.content, this.block] = [scroller, content, block];
    const touch = (event: TouchEvent) => {
      this.touching = event.touches.length > 0;
      if (!this.touching) this.settleWhenIdle();
    };
    const onScroll = () => this.onScroll();
    scroller.addEventListener('scroll', onScroll, { passive: true });
    // A row says that it has just become another height.
    const onChange = () => this.settle('frame');
    scroller.addEventListener('rowchange', onChange);
    for (const type of ['touchstart', 'touchend', 'touchcancel'] as const) scroller.addEventListener(type, touch, { passive: true });
    this.sizes.observe(scroller);
    return () => {
      scroller.removeEventListener('scroll', onScroll);
      scroller.removeEventListener('rowchange', onChange);
      for (const type of ['touchstart', 'touchend', 'touchcancel'] as const) scroller.removeEventListener(type, touch);
      this.sizes.disconnect();
      this.observed.clear();
      clearTimeout(this.idle);
      this.scroller = null;
    };
  }

  // Takes the rows of this rendering.
  setRows(keys: readonly string[]): Range {
    if (keys === this.keys) return this.range;
    this.takeScroll();
    this.keys = keys;
    this.geometry.setRows(keys);
    if (!this.place && !this.following) this.geometry.keep(this.anchors, this.top);
    this.rounds = 0;
    this.range = this.wanted();
    return this.range;
  }

  // Goes to a row; a number aligns its upper edge so far below the upper edge of the view.
  goTo(key: string, align: Align | number): void {
    if (align === 'nearest' && this.isInView(key)) return;
    this.place = { key, align };
    this.following = false;
    this.rounds = 0;
    this.settle();
  }

  goToEnd(): void {
    this.place = null;
    this.following = true;
    this.rounds = 0;
    this.settle();
  }

  get isAtEnd(): boolean {
    return this.below <= endSlack || this.following;
  }

  // Pixels between what is in view and the first row, and the end.
  get above(): number {
    return this.top - this.geometry.startOf(0);
  }
  get below(): number {
    return this.geometry.end - this.top - this.height;
  }

  // What is looked at, to come back to.
  get anchor(): Anchor | null {
    return this.anchors[0] ?? null;
  }

  get firstInView(): number {
    return this.geometry.rowAt(this.top);
  }

  // The last row whose end is in view, or -1.
  get lastSeen(): number {
    return this.geometry.rowAt(this.top + this.height + endSlack) - 1;
  }

  // Measures what is drawn and sets the list right, within the frame.
  settle(within: Within = 'rendering'): void {
    const { scroller, content, block, geometry } = this;
    if (!scroller || !content || !block || scroller.clientHeight === 0) return;
    this.takeScroll();
    geometry.setWidth(content.clientWidth);
    geometry.measure(this.heights(block));
    this.height = scroller.clientHeight;
    if (!this.place && !this.following) geometry.keep(this.anchors, this.top);
    this.write(scroller, content, block);
    this.look();
    if (!this.isDrawn(0)) return this.drawMore(within);
    this.place = null;
    this.moved();
  }

  private onScroll(): void {
    this.takeScroll();
    this.rounds = 0;
    if (!this.isDrawn(leastBeyond)) this.drawMore('frame');
    else if (this.isCritical()) this.settle('frame');
    else this.moved();
    this.settleWhenIdle();
  }

  // The list was scrolled by somebody else.
  private takeScroll(): void {
    const { scroller } = this;
    if (!scroller || scroller.scrollTop === this.top) return;
    const top = scroller.scrollTop;
    const below = this.geometry.end - top - scroller.clientHeight;
    // Going up is leaving the end, however little.
    this.following = below <= endSlack || (this.following && top >= this.top);
    this.top = top;
    this.look();
  }

  private drawMore(within: Within): void {
    if (this.rounds >= mostRounds) return;
    this.rounds += 1;
    this.range = this.wanted();
    this.draw(within);
  }

  private look(): void {
    this.anchors = this.geometry.anchorsIn(this.top, this.top + this.height, this.range, this.passed);
    const held = document.activeElement?.closest<HTMLElement>('[data-key]')?.dataset.key;
    const at = held && this.block?.contains(document.activeElement) ? this.anchors.findIndex(({ key }) => key === held) : -1;
    // What somebody has just pressed stays under the finger.
    if (at > 0) this.anchors.unshift(...this.anchors.splice(at, 1));
  }

  private wanted(): Range {
    const { scroller, geometry, top, place } = this;
    const height = this.height || scroller?.clientHeight || 800;
    const index = place ? geometry.indexOf(place.key) : -1;
    const from = index >= 0 ? geometry.startOf(index) - height : this.following ? geometry.end - height : top;
    return geometry.rangeOf(from - drawnBeyond, from + (index >= 0 ? 2 : 1) * height + drawnBeyond);
  }

  private isDrawn(beyond: number): boolean {
    const { geometry, range, top, height } = this;
    const needed = geometry.rangeOf(top - beyond, top + height + beyond);
    return needed.from >= range.from && needed.to <= range.to;
  }

  private isInView(key: string): boolean {
    const index = this.geometry.indexOf(key);
    if (index < 0) return false;
    const start = this.geometry.startOf(index) - this.top;
    return start >= 0 && start + this.geometry.sizeOf(index) <= this.height;
  }

  private *heights(block: HTMLElement): Generator<[string, number]> {
    const drawn = new Set<Element>(block.children);
    for (const row of this.observed) if (!drawn.has(row)) this.unobserve(row);
    for (const row of drawn) {
      if (!this.observed.has(row)) {
        this.observed.add(row);
        this.sizes.observe(row);
      }
      const key = (row as HTMLElement).dataset.key;
      if (key !== undefined) yield [key, row.getBoundingClientRect().height];
    }
  }

  private unobserve(row: Element): void {
    this.observed.delete(row);
    this.sizes.unobserve(row);
  }

  private write(scroller: HTMLElement, content: HTMLElement, block: HTMLElement): void {
    const { geometry } = this;
    const fits = geometry.end - geometry.base <= this.height;
    const wanted = this.wantedTop(fits);
    const before = geometry.base;
    if (wanted !== null || fits || this.isCritical()) geometry.base = 0;
    this.style(content, block);
    const target = wanted ?? this.top + geometry.base - before;
    if (Math.abs(scroller.scrollTop - target) > 0.5) scroller.scrollTop = target;
    this.top = scroller.scrollTop;
    const error = this.top - target;
    // The browser keeps whole pixels of the screen; what is left of one is carried.
    if (wanted === null && !fits && Math.abs(error) > 0.01 && Math.abs(error) < 1) {
      geometry.base += error;
      this.style(content, block);
    }
  }

  private style(content: HTMLElement, block: HTMLElement): void {
    content.style.height = `${Math.max(0, this.geometry.end)}px`;
    block.style.top = `${this.geometry.startOf(this.range.from)}px`;
  }

  // Where the list must go, or null when it stays.
  private wantedTop(fits: boolean): number | null {
    const { geometry, place } = this;
    const most = Math.max(0, geometry.end - geometry.base - this.height);
    if (fits || this.following) return most;
    const index = place ? geometry.indexOf(place.key) : -1;
    if (!place || index < 0) return null;
    const start = geometry.startOf(index) - geometry.base;
    const size = geometry.sizeOf(index);
    const near = start < this.top - geometry.base ? start : start + size - this.height;
    const offset = { start: 0, center: (this.height - size) / 2, nearest: start - near };
    return Math.min(most, Math.max(0, start - (typeof place.align === 'number' ? place.align : offset[place.align])));
  }

  // An error that can be seen or that hides rows: nothing above the first row may show, and nothing may be out of reach.
  private isCritical(): boolean {
    const first = this.geometry.startOf(0);
    return (first > 0 && this.top < first) || (first < 0 && this.top < this.height - first);
  }

  // An error that is carried is set right while nothing moves.
  private settleWhenIdle(): void {
    clearTimeout(this.idle);
    if (Math.abs(this.geometry.base) < 1) return;
    this.idle = setTimeout(() => {
      const { scroller, content, block, geometry } = this;
      // Where somebody has scrolled to since the last frame is not known yet: it would be undone.
      this.takeScroll();
      if (this.touching || !scroller || !content || !block || this.following) return;
      const target = this.top - geometry.base;
      geometry.base = 0;
      this.style(content, block);
      scroller.scrollTop = target;
      this.top = scroller.scrollTop;
      geometry.base = Math.abs(this.top - target) < 1 ? this.top - target : 0;
      this.style(content, block);
      this.look();
    }, idleMilliseconds);
  }
}
