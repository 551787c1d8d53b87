import { describe, expect, it } from 'vitest';
import { ListGeometry } from './list-geometry';

const keys = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `k${from + index}`);
const everything = { from: 0, to: 1_000 };

function listOf(count: number, width = 800): ListGeometry {
  const list = new ListGeometry(() => 50);
  list.setWidth(width);
  list.setRows(keys(0, count));
  return list;
}

describe('the geometry of a list', () => {
  it('leaves what is looked at in its place when a row above turns out otherwise', () => {
    const list = listOf(100);
    const anchors = list.anchorsIn(1_000, 1_600, everything);

    list.measure([['k5', 90], ['k6', 10.5]]);
    list.keep(anchors, 1_000);

    expect(list.startOf(20)).toBe(1_000);
    expect(list.startOf(0)).toBe(-0.5);
  });

  it('leaves it in its place when rows are put in above', () => {
    const list = new ListGeometry(() => 50);
    list.setRows(['intro', ...keys(50, 100)]);
    const anchors = list.anchorsIn(10, 600, everything, 'intro');

    list.setRows(['intro', ...keys(0, 100)]);
    list.keep(anchors, 10);

    expect(list.startOf(list.indexOf('k50'))).toBe(50);
  });

  it('holds on to the next row when the one it held is gone', () => {
    const list = listOf(100);
    const anchors = list.anchorsIn(1_000, 1_600, everything);

    list.setRows(keys(0, 100).filter((key) => key !== 'k20' && key !== 'k3'));
    list.keep(anchors, 1_000);

    expect(list.startOf(list.indexOf('k21'))).toBe(1_050);
  });

  it('holds on to what is drawn rather than to a guess', () => {
    const list = listOf(100);

    const [anchor] = list.anchorsIn(1_000, 1_600, { from: 24, to: 60 });

    expect(anchor).toEqual({ key: 'k24', offset: 200 });
  });

  it('holds on to the row that fills the view when none begins there', () => {
    const list = listOf(10);
    list.measure([['k4', 5_000]]);

    expect(list.anchorsIn(1_000, 1_600, everything)).toEqual([{ key: 'k4', offset: -800 }]);
  });

  it('remembers heights per width', () => {
    const list = listOf(10);
    list.measure([['k0', 80]]);

    list.setWidth(400);
    expect(list.sizeOf(0)).toBe(50);
    list.measure([['k0', 160]]);
    list.setWidth(800);

    expect(list.sizeOf(0)).toBe(80);
  });

  it('finds rows by place, over the whole list and beyond it', () => {
    const list = listOf(10);

    expect(list.rangeOf(-200, 120)).toEqual({ from: 0, to: 3 });
    expect(list.rangeOf(101, 149)).toEqual({ from: 2, to: 3 });
    expect(list.rangeOf(480, 9_000)).toEqual({ from: 9, to: 10 });
    expect(list.rangeOf(9_000, 9_900)).toEqual({ from: 9, to: 10 });
  });

  it('of no rows is empty', () => {
    const list = listOf(0);

    expect(list.rangeOf(0, 600)).toEqual({ from: 0, to: 0 });
    expect(list.end).toBe(0);
    expect(list.anchorsIn(0, 600, everything)).toEqual([]);
  });
});
