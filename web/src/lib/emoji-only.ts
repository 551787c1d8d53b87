const emoji = /^(?:\p{Emoji_Presentation}|\p{Emoji}\ufe0f|\p{Emoji_Modifier_Base}\p{Emoji_Modifier}|\p{Regional_Indicator}{2}|[\d#*]\ufe0f?\u20e3)/u;
const most = 12;
// A family of four takes some thirty.
const longest = most * 36;

let segmenter: Intl.Segmenter | null = null;

// How many emoji a text is made of; 0 if it holds anything else, or more than a dozen.
export function countOnlyEmoji(text: string): number {
  if (text.length > longest || /[a-z]/i.test(text) || typeof Intl.Segmenter === 'undefined') return 0;
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  let count = 0;
  for (const { segment } of segmenter.segment(text)) {
    if (/^\s+$/.test(segment)) continue;
    count += 1;
    if (count > most || !emoji.test(segment)) return 0;
  }
  return count;
}
