"use client";

import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { FaultNotice } from "./fault-notice.tsx";

/** Something to be filled in and then done, or left. Open as long as it is rendered. */
export function FormDialog({
  title,
  description,
  children,
  note,
  failure,
  leave,
  submit,
  isDangerous = false,
  why,
  pending,
  onSubmit,
  onClose,
}: {
  title: string;
  description: string;
  children: ReactNode;
  /** What will come of it, beside the buttons. */
  note?: ReactNode;
  /** Why the last attempt was refused. */
  failure: string | null;
  /** The words of the two ways out. */
  leave: string;
  submit: string;
  /** It cannot be taken back. */
  isDangerous?: boolean;
  /** What is still to be filled in; null: nothing. */
  why: string | null;
  pending: boolean;
  onSubmit: () => void;
  onClose: () => void;
}) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      description={description}
      footer={
        <div className="flex flex-col gap-3">
          {failure && <FaultNotice sentence={failure} />}
          {note}
          <div className="flex flex-wrap justify-end gap-3">
            <Button onClick={onClose}>{leave}</Button>
            <Button
              variant={isDangerous ? "danger" : "primary"}
              pending={pending}
              disabledReason={why}
              reason="bubble"
              onClick={onSubmit}
            >
              {submit}
            </Button>
          </div>
        </div>
      }
    >
      {children}
    </Dialog>
  );
}
