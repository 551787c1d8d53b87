// Characters as the server counts them: code points, so an emoji outside the first plane is one and not two.
export function countCharacters(text: string): number {
  let count = text.length;
  for (let index = 0; index < text.length - 1; index += 1) {
    if (isHigh(text.charCodeAt(index)) && isLow(text.charCodeAt(index + 1))) {
      count -= 1;
      index += 1;
    }
  }
  return count;
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

// How many characters of a message are too many for a chat (`text_characters_max`; none is said by older servers);
// 0 when it fits. What is around it is not sent.
export function charactersOver(text: string, charactersMax: number | undefined): number {
  // Fewer units are fewer characters: the usual case costs nothing.
  if (charactersMax === undefined || text.length <= charactersMax) return 0;
  return Math.max(0, countCharacters(text.trim()) - charactersMax);
}
