import { create } from 'zustand';
import { persist } from 'zustand/middleware';

export const mostRecent = 24;

interface RecentState {
  // Signs, the newest first.
  recent: readonly string[];
  // 1 to 5 from light to dark; 0 is none.
  tone: number;
}

// The emoji that were used in this browser, and their skin tone.
export const useRecentEmoji = create<RecentState>()(persist((): RecentState => ({ recent: [], tone: 0 }), { name: 'loquat.emoji' }));

export function noteEmoji(sign: string): void {
  useRecentEmoji.setState(({ recent }) => ({ recent: [sign, ...recent.filter((known) => known !== sign)].slice(0, mostRecent) }));
}

export function chooseTone(tone: number): void {
  useRecentEmoji.setState({ tone });
}
