// What other features may use of this one: what a person chose for this browser.
export { useSettings, type SectionName } from './state/settings-store';
