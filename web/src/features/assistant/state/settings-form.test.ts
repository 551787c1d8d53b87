import { describe, expect, it } from 'vitest';
import type { AssistantSettings } from '@/api/contracts.gen';
import { changesOf, errorsOf, formOf } from './settings-form';

const settings = { model: 'm', system_prompt: 'Be brief.', temperature: 0.5, max_tokens: 400 } as AssistantSettings;

describe('the settings of an assistant', () => {
  it('that nobody touched change nothing', () => {
    expect(changesOf(formOf(settings), settings)).toBeNull();
    expect(changesOf(formOf(null), null)).toBeNull();
  });

  it('change only what is different', () => {
    expect(changesOf({ ...formOf(settings), systemPrompt: ' Be kind. ' }, settings)).toEqual({ system_prompt: 'Be kind.' });
    expect(changesOf({ ...formOf(settings), temperature: 1.2, maxTokens: '2,000' }, settings)).toEqual({ temperature: 1.2, max_tokens: 2000 });
  });

  it.each([['', undefined], ['1', undefined], ['1,000,000', undefined], ['0', 'A whole'], ['1000001', 'A whole'], ['many', 'A whole'], ['1e5', 'A whole'], ['-4', 'A whole']])(
    'take %s as the longest answer or say why not',
    (maxTokens, error) => {
      const found = errorsOf({ ...formOf(null), maxTokens }).maxTokens;

      expect(error === undefined ? found === undefined : found?.startsWith(error)).toBe(true);
    },
  );

  it('say by how much instructions are too long', () => {
    expect(errorsOf({ ...formOf(null), systemPrompt: 'x'.repeat(16_002) }).systemPrompt).toMatch(/^2 characters too long/);
  });

  it('keep temperatures between 0 and 2', () => {
    expect(errorsOf({ ...formOf(null), temperature: 2.1 })).toHaveProperty('temperature');
    expect(errorsOf({ ...formOf(null), temperature: 2 })).toEqual({});
  });
});
