import { useVoice } from '@/features/assistant/state/answer-voice';

// Read out politely, apart from the announcements of messages: what assistants say, by sentence.
export function AnswerVoiceRegion() {
  const words = useVoice((state) => state.words);
  return <div aria-live="polite" className="sr-only" data-answer-voice>{words}</div>;
}
