"use client";

import { Dialog, type DialogProps } from "./dialog.tsx";

/** A modal along the edge where lines end: a cart, the details of one row. */
export function Sheet(props: Omit<DialogProps, "place">) {
  return <Dialog {...props} place="end" />;
}
