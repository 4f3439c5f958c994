import type { Metadata } from "next";
import { ExplainScreen } from "#components/sourcing/explain-screen.tsx";

export const metadata: Metadata = { title: "Why not offered" };

export default function ExplainPage() {
  return <ExplainScreen />;
}
