import type { Metadata } from "next";
import { RulesScreen } from "#components/sourcing/rules-screen.tsx";

export const metadata: Metadata = { title: "Sourcing rules" };

export default function SourcingPage() {
  return <RulesScreen />;
}
