import type { Inline } from './ast';

// Inline Markdown: code, emphasis, links, bare addresses, mentions, escapes.

const punctuation = /[!-/:-@[-`{-~]/;
const bareUrl = /^https?:\/\/[^\s<>"'`]+/i;
const mention = /^@([a-z0-9](?:[a-z0-9_.-]{0,30}[a-z0-9_])?)/i;
const wordCharacter = /[\p{L}\p{N}_]/u;
const deepest = 12;

// Only addresses that open a page or a letter; anything else stays text.
export function safeHref(href: string): string | null {
  const trimmed = href.trim();
  if (/^mailto:[^\s]+$/i.test(trimmed)) return trimmed;
  if (!/^https?:\/\//i.test(trimmed)) return null;
  try {
    return new URL(trimmed).href;
  } catch {
    return null;
  }
}

export function parseInline(text: string, depth = 0): Inline[] {
  return new InlineParser(text, depth).parse();
}

class InlineParser {
  private at = 0;
  private plain = '';
  private readonly out: Inline[] = [];
  // Marks that close nowhere after some place close nowhere after a later one: without this, a message of
  // nothing but opening marks would be read once for each of them.
  private readonly unclosed = new Set<string>();

  constructor(private readonly text: string, private readonly depth: number) {}

  parse(): Inline[] {
    while (this.at < this.text.length) {
      if (!this.special(this.text.charAt(this.at))) {
        this.plain += this.text.charAt(this.at);
        this.at += 1;
      }
    }
    this.flush();
    return this.out;
  }

  private special(char: string): boolean {
    switch (char) {
      case '\\':
        return this.escape();
      case '`':
        return this.code();
      case '*':
      case '_':
      case '~':
        return this.depth < deepest && this.emphasis(char);
      case '[':
        return this.depth < deepest && this.link();
      case '<':
        return this.angle();
      case 'h':
      case 'H':
        return this.bare();
      case '@':
        return this.mention();
      case '\n':
        return this.lineBreak();
      default:
        return false;
    }
  }

  private flush(): void {
    if (this.plain !== '') this.out.push({ type: 'text', text: this.plain });
    this.plain = '';
  }

  private push(node: Inline, length: number): true {
    this.flush();
    this.out.push(node);
    this.at += length;
    return true;
  }

  private before(): string {
    return this.at === 0 ? '' : this.text.charAt(this.at - 1);
  }

  private escape(): boolean {
    const next = this.text.charAt(this.at + 1);
    if (next === '' || !punctuation.test(next)) return false;
    this.plain += next;
    this.at += 2;
    return true;
  }

  private code(): boolean {
    const ticks = /^`+/.exec(this.text.slice(this.at))?.[0] ?? '`';
    let end = this.unclosed.has(ticks) ? -1 : this.text.indexOf(ticks, this.at + ticks.length);
    while (end >= 0 && this.text.charAt(end + ticks.length) === '`') {
      const run = /^`+/.exec(this.text.slice(end))?.[0].length ?? 1;
      end = this.text.indexOf(ticks, end + run);
    }
    if (end < 0) {
      this.unclosed.add(ticks);
      this.plain += ticks;
      this.at += ticks.length;
      return true;
    }
    const inner = this.text.slice(this.at + ticks.length, end).replace(/\n/g, ' ');
    const stripped = /^ .*[^ ].* $/.test(inner) ? inner.slice(1, -1) : inner;
    return this.push({ type: 'code', text: stripped }, end + ticks.length - this.at);
  }

  private emphasis(char: string): boolean {
    const double = this.text.charAt(this.at + 1) === char;
    if (char === '~' && !double) return false;
    const mark = double ? char + char : char;
    const start = this.at + mark.length;
    const opens = this.text.charAt(start) !== '' && !/\s/.test(this.text.charAt(start));
    const inWord = char === '_' && wordCharacter.test(this.before());
    if (!opens || inWord || this.unclosed.has(mark)) return false;
    const end = this.closing(mark, start);
    if (end < 0) {
      this.unclosed.add(mark);
      return false;
    }
    const children = parseInline(this.text.slice(start, end), this.depth + 1);
    const type = char === '~' ? 'del' : double ? 'strong' : 'em';
    return this.push({ type, children }, end + mark.length - this.at);
  }

  // Where the mark closes: not after a space, not inside code, not half of a longer run.
  private closing(mark: string, start: number): number {
    const char = mark.charAt(0);
    for (let i = start; i < this.text.length; i += 1) {
      const here = this.text.charAt(i);
      if (here === '\\') i += 1;
      else if (here === '`') i = Math.max(i, this.text.indexOf('`', i + 1));
      else if (here === char) {
        const run = this.runLength(char, i);
        if (this.closes(mark, i, run, start)) return i + run - mark.length;
        i += run - 1;
      }
    }
    return -1;
  }

  private closes(mark: string, at: number, run: number, start: number): boolean {
    if (at === start || /\s/.test(this.text.charAt(at - 1))) return false;
    if (mark.length === 1 && run === 2) return false;
    if (mark.length > run) return false;
    return mark.charAt(0) !== '_' || !wordCharacter.test(this.text.charAt(at + run));
  }

  private runLength(char: string, at: number): number {
    let end = at;
    while (this.text.charAt(end) === char) end += 1;
    return end - at;
  }

  private link(): boolean {
    if (this.unclosed.has('](') || this.text.indexOf('](', this.at) < 0) {
      this.unclosed.add('](');
      return false;
    }
    const match = /^\[((?:[^[\]\\]|\\.|\[[^\]]*\])*)\]\(\s*<?([^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*)>?(?:\s+"[^"]*")?\s*\)/.exec(
      this.text.slice(this.at, this.at + 4000),
    );
    const href = match ? safeHref(match[2] ?? '') : null;
    if (!match || href === null) return false;
    const children = parseInline(match[1] ?? '', this.depth + 1).flatMap((node) =>
      node.type === 'link' ? node.children : [node],
    );
    if (children.length === 0) return false;
    return this.push({ type: 'link', href, children, bare: false }, match[0].length);
  }

  private angle(): boolean {
    const match = /^<((?:https?:\/\/|mailto:)[^\s<>]+)>/i.exec(this.text.slice(this.at, this.at + 2100));
    const href = match ? safeHref(match[1] ?? '') : null;
    if (!match || href === null) return false;
    return this.push(bareLink(href, match[1] ?? ''), match[0].length);
  }

  private bare(): boolean {
    if (wordCharacter.test(this.before())) return false;
    const found = bareUrl.exec(this.text.slice(this.at, this.at + 2100))?.[0];
    if (!found) return false;
    const shown = trimTail(found);
    const href = safeHref(shown);
    if (href === null) return false;
    return this.push(bareLink(href, shown), shown.length);
  }

  private mention(): boolean {
    if (wordCharacter.test(this.before())) return false;
    const match = mention.exec(this.text.slice(this.at, this.at + 40));
    if (!match) return false;
    return this.push({ type: 'mention', name: (match[1] ?? '').toLowerCase() }, match[0].length);
  }

  private lineBreak(): boolean {
    this.plain = this.plain.replace(/ +$/, '');
    return this.push({ type: 'break' }, 1);
  }
}

function bareLink(href: string, shown: string): Inline {
  return { type: 'link', href, children: [{ type: 'text', text: shown }], bare: true };
}

// A full stop or an unmatched bracket after an address belongs to the sentence.
function trimTail(url: string): string {
  let end = url.length;
  for (;;) {
    const last = url.charAt(end - 1);
    if (/[.,:;!?*_~]/.test(last)) end -= 1;
    else if (last === ')' && !url.slice(0, end).includes('(')) end -= 1;
    else return url.slice(0, end);
  }
}
