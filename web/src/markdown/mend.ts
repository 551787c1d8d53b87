// How the unfinished last line of a growing text is shown: marks that are open are closed, and signs that do not
// say yet what they will be are left out, so that the text does not flicker between two looks.

const undecided = /^ {0,3}(?:#{1,4}|`{1,2}|~{1,2}|[-*+_]{1,2}|\d{1,9}[.)]|>|\|)\s*$/;
const tableRuleStart = /^ {0,3}\|?[\s:|-]*$/;

export function mendTail(lines: string[]): string[] {
  const last = lines[lines.length - 1] ?? '';
  if (last === '' || insideFence(lines)) return lines;
  const rest = lines.slice(0, -1);
  const above = rest[rest.length - 1] ?? '';
  if (above.includes('|') && last.includes('-') && tableRuleStart.test(last)) return [...rest, fullRule(above)];
  if (undecided.test(last)) return [...rest, ''];
  return [...rest, closeMarks(last)];
}

// Whether the last line is code, or a formula on lines of its own.
function insideFence(lines: string[]): boolean {
  let mark: string | null = null;
  for (const line of lines) {
    const found = /^ {0,3}(`{3,}|~{3,}|\$\$|\\\[)/.exec(line)?.[1];
    const formula = mark === '$$' ? '$$' : '\\]';
    if (mark?.startsWith('`') || mark?.startsWith('~')) {
      if (found?.startsWith(mark) && line.trim() === found) mark = null;
    } else if (mark !== null) {
      if (line.includes(formula)) mark = null;
    } else if (found && !closesFormula(line, found)) mark = found;
  }
  return mark !== null;
}

function closesFormula(line: string, mark: string): boolean {
  const rest = line.trimStart().slice(mark.length);
  return (mark === '$$' && rest.includes('$$')) || (mark === '\\[' && rest.includes('\\]'));
}

function fullRule(head: string): string {
  const inner = head.trim().replace(/^\|/, '').replace(/\|$/, '');
  return `|${inner.split('|').map(() => '---').join('|')}|`;
}

function closeMarks(line: string): string {
  // A link whose address is still coming shows its words.
  const text = line.replace(/!?\[([^[\]]*)\]\([^()\s]*$/, '$1');
  const open = openMarks(text);
  const trailing = open[open.length - 1];
  // A mark that was only just opened is left out.
  if (trailing && text.endsWith(trailing)) return closeMarks(text.slice(0, -trailing.length));
  return text.trimEnd() + [...open].reverse().join('');
}

// The marks that are open at the end of the line, in their order.
function openMarks(text: string): string[] {
  const open: string[] = [];
  let at = 0;
  while (at < text.length) {
    const mark = /^(?:`+|\*{1,2}|~~)/.exec(text.slice(at, at + 8))?.[0];
    if (text.charAt(at) === '\\') at += 2;
    else if (!mark) at += 1;
    else {
      toggle(open, mark, text, at);
      at += mark.length;
    }
  }
  return open;
}

function toggle(open: string[], mark: string, text: string, at: number): void {
  const inCode = open.find((known) => known.startsWith('`'));
  if (inCode && inCode !== mark) return;
  const known = open.lastIndexOf(mark);
  if (known >= 0) return void open.splice(known);
  const after = text.charAt(at + mark.length);
  // "2 * 3" opens nothing.
  const opens = mark.startsWith('`') || (after === '' ? !/\s$/.test(text.slice(0, at)) || mark.length === 2 : !/\s/.test(after));
  if (opens) open.push(mark);
}
