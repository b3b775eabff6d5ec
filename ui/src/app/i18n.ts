/** Texts by key, from locale files; another language is another file in `locales/`. */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import en from "~/locales/en.json";

const files = import.meta.glob<{ default: object }>("../locales/*.json");
const KEY = "language";

export const languages = Object.keys(files)
  .map((file) => /(\w+)\.json$/.exec(file)?.[1] ?? "")
  .sort();

export function nameOf(language: string): string {
  const name = new Intl.DisplayNames([language], { type: "language" }).of(language) ?? language;
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

export async function useLanguage(language: string): Promise<void> {
  const file = files[`../locales/${language}.json`];
  if (language !== "en" && file) i18next.addResourceBundle(language, "translation", (await file()).default);
  await i18next.changeLanguage(language);
  localStorage.setItem(KEY, language);
  document.documentElement.lang = language;
}

export async function startI18n(): Promise<void> {
  await i18next.use(initReactI18next).init({
    resources: { en: { translation: en } },
    lng: "en",
    fallbackLng: "en",
    interpolation: { escapeValue: false },
    returnEmptyString: false,
  });
  const wanted = localStorage.getItem(KEY) ?? navigator.language.slice(0, 2);
  await useLanguage(languages.includes(wanted) ? wanted : "en");
}
