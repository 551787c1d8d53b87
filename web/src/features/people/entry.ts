// What other features may use of this one: how people are shown and chosen.
export { PeoplePicker } from './components/people-picker';
export { PersonCard } from './components/person-card';
