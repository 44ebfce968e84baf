/** Words as a line of the script grammar: what would be taken for a cue stands for itself. */
export const escapeScriptText = (words: string): string => words.replace(/\\(?=[\\[\]{}*#])|[[\]{}*]/g, '\\$&');
