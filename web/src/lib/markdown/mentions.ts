// The user name that a mention calls, of those that may be called: a full stop, a hyphen or an underscore at its
// end may belong to the sentence.
export function calledName(written: string, isName: (name: string) => boolean): string | null {
  let name = written.normalize('NFC').toLowerCase();
  while (!isName(name)) {
    if (!/[._-]$/.test(name)) return null;
    name = name.slice(0, -1);
  }
  return name;
}
