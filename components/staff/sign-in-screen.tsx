"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { readFault } from "#components/trpc/read-fault.ts";
import { Button } from "#components/ui/button.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { ROLE_SCREENS } from "./role-screens.ts";
import { SessionProvider, useSession } from "./session.tsx";
import { SignInForm } from "./sign-in-form.tsx";
import { useAccount } from "./use-account.ts";

/** The door for whoever has no screen in mind: after signing in, on to `next`, or to the role's own screen. */
export function SignInScreen({ next }: { next: string | null }) {
  return (
    <SessionProvider>
      <Door next={next} />
    </SessionProvider>
  );
}

function Door({ next }: { next: string | null }) {
  const router = useRouter();
  const session = useSession();
  const me = useAccount();
  const target = me.data && (next ?? ROLE_SCREENS[me.data.role].href);
  useEffect(() => {
    if (target) router.replace(target);
  }, [router, target]);

  if (session.status === "in" && me.isError)
    return (
      <div className="mx-auto max-w-md p-4">
        <FaultNotice sentence={readFault(me.error).sentence}>
          <Button size="small" onClick={() => void session.signOut()}>
            Use another account
          </Button>
        </FaultNotice>
      </div>
    );
  return <SignInForm title="Sign in" note="For the people who run the network. Shoppers need no account." />;
}
