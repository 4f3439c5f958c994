/** As many procedures as one HTTP request may call: more than a screen asks for at once. */
export const MAX_CALLS = 20;
