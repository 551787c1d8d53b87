// What other features may use of this one: assistants, their models and their answers.
export type { AnswerRowProps } from './components/answer-footer';
export { editAndAsk, noteStarted } from './state/answer-actions';
export type { AnswerPlace } from './state/answer-store';
export { useAnswerPlaces } from './state/answers';
export { readAnswers } from './state/answers-watch';
export { isAssistantOn } from './state/assistant';
export { useModels } from './state/use-models';
