import { Button } from "@mantine/core";
import { useEffect, type ReactNode } from "react";
import { useText } from "@/locale";
import { LostBanner } from "@/shell/banner";
import { usePreferences } from "@/shell/session";
import css from "@/shell/shell.module.css";

/** The frame of pages for those who are not signed in. */
export function Door({ title, children }: { title: string; children: ReactNode }) {
  const { t, language } = useText();
  const preferences = usePreferences();
  useEffect(() => {
    document.title = `${title} · Hitori`;
  }, [title]);
  return (
    <>
      <LostBanner />
      <div className={css.door}>
        <main className={css.doorCard}>
          <div className={css.doorBrand}>
            <img src="/seal.svg" alt="" />
            <div>
              <strong>Hitori</strong>
              <span>{t("brand.line")}</span>
            </div>
          </div>
          <div className={css.doorPanel}>
            <h1>{title}</h1>
            {children}
          </div>
        </main>
        <Button variant="subtle" color="gray" size="xs" lang={language === "ja" ? "en" : "ja"} onClick={() => preferences.language(language === "ja" ? "en" : "ja")}>
          {t("nav.other_language")}
        </Button>
      </div>
    </>
  );
}
