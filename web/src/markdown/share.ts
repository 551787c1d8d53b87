// The new value with every part that equals the old one's replaced by the old one: parts that did not change
// keep their identity.
export function share<T>(before: unknown, after: T): T {
  if (before === after || typeof before !== 'object' || typeof after !== 'object' || !before || !after) return after;
  if (Array.isArray(after)) return (Array.isArray(before) ? shareList(before, after) : after) as T;
  return shareObject(before as Record<string, unknown>, after as Record<string, unknown>) as T;
}

function shareList(before: unknown[], after: unknown[]): unknown[] {
  let same = before.length === after.length;
  const list = after.map((value, index) => {
    const shared = share(before[index], value);
    same = same && shared === before[index];
    return shared;
  });
  return same ? before : list;
}

function shareObject(before: Record<string, unknown>, after: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(after);
  let same = names.length === Object.keys(before).length;
  const object: Record<string, unknown> = {};
  for (const name of names) {
    object[name] = share(before[name], after[name]);
    same = same && object[name] === before[name] && name in before;
  }
  return same ? before : object;
}
