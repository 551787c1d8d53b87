import { describe, expect, it } from 'vitest';
import type { Answer } from '@/features/assistant/state/answer';
import { stateWords } from './answer-words';

const words = (answer: Partial<Answer>) => stateWords({ state: 'streaming', queuePosition: null, text: '', error: null, ...answer })?.text ?? null;

describe('the state of an answer in words', () => {
  it.each([
    [1, 'Next in the queue'],
    [2, 'Second in the queue'],
    [5, 'Fifth in the queue'],
    [12, 'Number 12 in the queue'],
    [null, 'In the queue'],
  ])('with the place in the queue (%s)', (queuePosition, text) => {
    expect(words({ state: 'queued', queuePosition })).toBe(text);
  });

  it('before and after the first word', () => {
    expect(words({})).toBe('Waiting for the first word');
    expect(words({ text: 'Hel' })).toBeNull();
  });

  it('of one that was stopped', () => {
    expect(words({ state: 'canceled' })).toBe('Stopped before the first word');
    expect(words({ state: 'canceled', text: 'Hel' })).toBe('Stopped');
  });

  it('says why it failed, and whether something came', () => {
    expect(words({ state: 'failed', error: { code: 'provider.timeout', message: '' } })).toBe('The answer failed. The model took too long to answer.');
    expect(words({ state: 'failed', text: 'Hel', error: { code: 'provider.truncated', message: '' } })).toMatch(/^The answer broke off\. /);
  });

  it('takes the server’s words for a reason that is new', () => {
    expect(words({ state: 'failed', error: { code: 'provider.on_strike', message: 'It is on strike.' } })).toBe('The answer failed. It is on strike.');
  });
});
