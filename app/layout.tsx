import type { Metadata, Viewport } from "next";
import { connection } from "next/server";
import type { ReactNode } from "react";
import { LANGUAGES } from "#components/shop/language.ts";
import { Connection } from "#components/trpc/connection.tsx";
import { publicConfig } from "#server/trpc/public-config.ts";
import { readerLanguage } from "./reader-language.ts";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Kept", template: "%s · Kept" },
  description: "Delivery and pickup windows that are kept.",
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#faf9f6" },
    { media: "(prefers-color-scheme: dark)", color: "#14171a" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Rendered per request: the addresses below belong to the installation, not to the build.
  await connection();
  const language = await readerLanguage();
  return (
    <html lang={language} dir={LANGUAGES[language].dir}>
      <body>
        <Connection config={publicConfig()}>{children}</Connection>
      </body>
    </html>
  );
}
