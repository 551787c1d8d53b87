import { plainText } from './markdown/plain';

const longest = 48;

// A short name for a chat from what was asked first: whole words of its first line.
export function titleOfQuestion(question: string): string {
  const line = plainText(question.trim().split('\n')[0] ?? '', 240).trim();
  if (line.length <= longest) return line.replace(/[\s.,:;!]+$/, '');
  const cut = line.slice(0, longest + 1);
  const words = cut.includes(' ') ? cut.slice(0, cut.lastIndexOf(' ')) : line.slice(0, longest);
  return `${words.replace(/[\s.,:;!?]+$/, '')} …`;
}
