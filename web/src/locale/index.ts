import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import type { Language } from "@/ui/format";

type Texts = Record<string, string>;

/** The texts of a language: the app's own and those the server shares. Only one language is loaded. */
async function load(language: Language): Promise<Texts> {
  const [own, shared] =
    language === "ja"
      ? await Promise.all([import("./ja.json"), import("virtual:texts/ja")])
      : await Promise.all([import("./en.json"), import("virtual:texts/en")]);
  return { ...shared.default, ...own.default };
}

export async function startTexts(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    resources: { [language]: { translation: await load(language) } },
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false, prefix: "{", suffix: "}" },
    returnEmptyString: false,
    react: { useSuspense: false },
  });
  document.documentElement.lang = language;
}

export async function setLanguage(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, "translation")) {
    i18next.addResourceBundle(language, "translation", await load(language));
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

/** The language of the screen: the user's, else what was chosen on this device, else the browser's. */
export function firstLanguage(): Language {
  const kept = localStorage.getItem("language");
  if (kept === "ja" || kept === "en") return kept;
  return navigator.language.startsWith("en") ? "en" : "ja";
}

export const currentLanguage = (): Language => (i18next.language === "en" ? "en" : "ja");

export type Translate = (key: string, args?: Record<string, string | number>) => string;

export function useText(): { t: Translate; has: (key: string) => boolean; language: Language } {
  const { t, i18n } = useTranslation();
  return {
    t: (key, args) => t(key, args ?? {}),
    has: (key) => i18n.exists(key),
    language: i18n.language === "en" ? "en" : "ja",
  };
}

/** For places outside components. */
export const text: Translate = (key, args) => i18next.t(key, args ?? {});
