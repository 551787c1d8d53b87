import { expect, it } from 'vitest';
import { titleOfQuestion } from './question-title';

it.each([
  ['How do tides work?', 'How do tides work?'],
  ['Explain **tides**.\n\nIn detail, please.', 'Explain tides'],
  ['Please write a friendly message to the neighbours about the noise on Saturday', 'Please write a friendly message to the …'],
  ['x'.repeat(80), `${'x'.repeat(48)} …`],
  ['   ', ''],
])('a chat is named by its first question: %s', (question, title) => {
  expect(titleOfQuestion(question)).toBe(title);
});
