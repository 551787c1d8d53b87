import { create } from 'zustand';
import { openChatId } from '@/features/chat/entry';
import { assistantStrings } from '@/i18n/assistant';
import { markdownStrings } from '@/i18n/markdown';
import { isEnded, type Answer } from './answer';
import { nextUtterance, nothingSpoken, type Spoken } from './speech';

// What a screen reader says of an answer in the open chat: that it begins, its sentences as they are finished,
// and how it ended.

export const useVoice = create<{ words: string }>()(() => ({ words: '' }));

const pauseMilliseconds = 1_500;

interface Following {
  answer: Answer;
  spoken: Spoken;
  said: 'nothing' | 'begin' | 'end';
}

const following = new Map<string, Following>();
let timer: ReturnType<typeof setTimeout> | undefined;

export function followAnswer(answer: Answer): void {
  if (openChatId() !== answer.chatId) return void following.delete(answer.id);
  const known = following.get(answer.id);
  // One that was over before is no news, and of one in the middle only what comes is read.
  if (!known && isEnded(answer)) return;
  const fresh = answer.text.length > 200 ? { until: answer.text.length, inCode: false } : nothingSpoken;
  following.set(answer.id, known ? { ...known, answer } : { answer, spoken: fresh, said: 'nothing' });
  if (!known) return speak();
  timer ??= setTimeout(speak, pauseMilliseconds);
}

function speak(): void {
  clearTimeout(timer);
  timer = undefined;
  const words = [...following.values()].map(wordsOf).filter(Boolean).join(' ');
  if (words) useVoice.setState({ words });
}

function wordsOf(entry: Following): string {
  const { answer } = entry;
  const parts: string[] = [];
  if (entry.said === 'nothing') parts.push(assistantStrings.answers.voice.begins);
  entry.said = 'begin';
  const ended = isEnded(answer);
  const next = nextUtterance(answer.text, entry.spoken, ended, markdownStrings.codeIn);
  entry.spoken = next.spoken;
  parts.push(next.words);
  if (ended) {
    parts.push(assistantStrings.answers.voice.ends[answer.state as 'succeeded' | 'failed' | 'canceled']);
    following.delete(answer.id);
  }
  return parts.filter(Boolean).join(' ');
}
