/** The language of the staff's screens, and of every formatter that is told no other. */
export const LOCALE = "en-GB";
