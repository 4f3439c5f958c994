/** The one language of the screens for now; every formatter takes it from here. */
export const LOCALE = "en-GB";
