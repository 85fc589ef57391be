/** Each language calls itself by its own name. */
export const languages = [{ value: 'de', text: 'Deutsch' }, { value: 'en', text: 'English' }, { value: 'hu', text: 'Magyar' }]
