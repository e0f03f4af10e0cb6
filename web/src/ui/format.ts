import { createContext, use } from "react";
import { writePhone } from "./phone";

export type Language = "ja" | "en";

/** How numbers, money and times are written: for one language, time zone and currency. */
export class Format {
  readonly language: Language;
  readonly timeZone: string;
  readonly currency: string;
  private readonly made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>();

  constructor(language: Language, timeZone = "Asia/Tokyo", currency = "JPY") {
    this.language = language;
    this.timeZone = timeZone;
    this.currency = currency;
  }

  private get locale(): string {
    return this.language === "ja" ? "ja-JP" : "en-GB";
  }

  private keep<T extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>(name: string, make: () => T): T {
    let known = this.made.get(name) as T | undefined;
    if (!known) {
      known = make();
      this.made.set(name, known);
    }
    return known;
  }

  private dates(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    return this.keep(name, () => new Intl.DateTimeFormat(this.locale, { timeZone: this.timeZone, ...options }));
  }

  /** 12,345 */
  number(value: number, digits = 0): string {
    return this.keep(`n${digits}`, () => new Intl.NumberFormat(this.locale, { maximumFractionDigits: digits })).format(value);
  }

  /** 1.2万, 3,400万, 1.2億; 12.3K in English. */
  compact(value: number): string {
    if (this.language === "ja") return japaneseCompact(value, (v, digits) => this.number(v, digits));
    return this.keep("compact", () => new Intl.NumberFormat(this.locale, { notation: "compact", maximumFractionDigits: 1 })).format(value);
  }

  /** ¥12,345; the amount is in minor units, as the API gives it. */
  money(minor: number, currency = this.currency): string {
    const f = this.keep(`m${currency}`, () => currencyFormat(this.locale, currency));
    // The Japanese locale writes the full-width sign; prices in shops have the half-width one.
    return f.format(minor / 10 ** (f.resolvedOptions().maximumFractionDigits ?? 0)).replace("\uffe5", "¥");
  }

  /** How much an amount in minor units is in the currency itself: for sheets and axes. */
  major(minor: number, currency = this.currency): number {
    const f = this.keep(`m${currency}`, () => currencyFormat(this.locale, currency));
    return minor / 10 ** (f.resolvedOptions().maximumFractionDigits ?? 0);
  }

  /** 円, 米ドル: what a currency is called. */
  currencyName(currency: string): string {
    const name = currencyFormat(this.locale, currency, { currencyDisplay: "name" }).formatToParts(2).find((part) => part.type === "currency");
    return name?.value ?? currency;
  }

  /** ¥5,000, ¥1.2万, ¥3.4億; ¥12.3k in English. For axes and headlines. */
  moneyCompact(minor: number, currency = this.currency): string {
    const value = this.major(minor, currency);
    const size = Math.abs(value);
    const whole = this.keep(`w${currency}`, () => currencyFormat(this.locale, currency, { maximumFractionDigits: 0 }));
    return (value < 0 ? "-" : "") + whole.format(0).replace("0", size < 10_000 ? this.number(size) : this.compact(size)).replace("\uffe5", "¥");
  }

  /** 090-1234-5678 of +819012345678; numbers of other countries as they are. */
  phone(number: string): string {
    return writePhone(number);
  }

  /** 31.4% */
  percent(share: number, digits = 0): string {
    return this.keep(`p${digits}`, () => new Intl.NumberFormat(this.locale, { style: "percent", maximumFractionDigits: digits })).format(share);
  }

  /** 1.5 MB */
  bytes(value: number): string {
    const units = ["B", "kB", "MB", "GB", "TB", "PB"];
    let unit = 0;
    let v = value;
    for (; v >= 1000 && unit < units.length - 1; unit++) v /= 1000;
    return `${this.number(v, v < 10 && unit > 0 ? 1 : 0)} ${units[unit] ?? ""}`;
  }

  /** 2026年4月1日(水) */
  day(time: string | Date): string {
    const date = read(time);
    if (!date) return "";
    if (this.language === "en") {
      return this.dates("day", { weekday: "short", day: "numeric", month: "short", year: "numeric" }).format(date);
    }
    const p = parts(this.dates("day", { year: "numeric", month: "numeric", day: "numeric", weekday: "short" }), date);
    return `${p.year ?? ""}年${p.month ?? ""}月${p.day ?? ""}日(${p.weekday ?? ""})`;
  }

  /** 2026/04/01 14:05, for tables. */
  short(time: string | Date): string {
    const date = read(time);
    if (!date) return "";
    if (this.language === "en") {
      return this.dates("short", { day: "2-digit", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }).format(date);
    }
    const options: Intl.DateTimeFormatOptions = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" };
    return this.dates("short", options).format(date);
  }

  /** 2026/04/01 */
  shortDay(time: string | Date): string {
    const date = read(time);
    if (!date) return "";
    return this.dates("shortDay", { year: "numeric", month: this.language === "ja" ? "2-digit" : "short", day: "2-digit" }).format(date);
  }

  /** 11月20日(金), where the year is known. */
  date(time: string | Date): string {
    const date = read(time);
    if (!date) return "";
    if (this.language === "en") return this.dates("date", { weekday: "short", day: "numeric", month: "short" }).format(date);
    const p = parts(this.dates("date", { month: "numeric", day: "numeric", weekday: "short" }), date);
    return `${p.month ?? ""}月${p.day ?? ""}日(${p.weekday ?? ""})`;
  }

  /** 11/20; 20 Nov in English. */
  monthDay(time: string | Date): string {
    const date = read(time);
    return date ? this.dates("monthDay", { month: this.language === "ja" ? "numeric" : "short", day: "numeric" }).format(date) : "";
  }

  /** 11月; Nov in English. */
  month(time: string | Date): string {
    const date = read(time);
    return date ? this.dates("month", { month: this.language === "ja" ? "numeric" : "short" }).format(date) : "";
  }

  /** 金曜日; one letter when short. */
  weekday(time: string | Date, style: "long" | "short" = "long"): string {
    const date = read(time);
    return date ? this.dates(`weekday${style}`, { weekday: style }).format(date) : "";
  }

  /** 14:05:09 */
  seconds(time: string | Date): string {
    const date = read(time);
    return date ? this.dates("seconds", { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(date) : "";
  }

  /** 14:05 */
  clock(time: string | Date): string {
    const date = read(time);
    return date ? this.dates("clock", { hour: "2-digit", minute: "2-digit" }).format(date) : "";
  }

  /** 2026年4月1日(水) 14:05 */
  moment(time: string | Date): string {
    return `${this.day(time)} ${this.clock(time)}`.trim();
  }

  /** 2026-04-01 of the shop's time zone. */
  isoDay(time: string | Date): string {
    const date = read(time);
    if (!date) return "";
    const f = this.keep("iso", () => new Intl.DateTimeFormat("en-CA", { timeZone: this.timeZone, year: "numeric", month: "2-digit", day: "2-digit" }));
    return f.format(date);
  }

  /** 3日前 */
  relative(time: string | Date, now = new Date()): string {
    const date = read(time);
    if (!date) return "";
    const f = this.keep("relative", () => new Intl.RelativeTimeFormat(this.locale, { numeric: "auto" }));
    const seconds = (date.getTime() - now.getTime()) / 1000;
    const steps: [Intl.RelativeTimeFormatUnit, number][] = [["year", 31_557_600], ["month", 2_629_800], ["day", 86_400], ["hour", 3600], ["minute", 60]];
    for (const [unit, size] of steps) {
      // "13 months ago" says more than "last year".
      if (Math.abs(seconds) >= (unit === "year" ? 2 * size : size)) return this.tight(f.format(Math.trunc(seconds / size), unit));
    }
    return this.tight(f.format(0, "minute"));
  }

  /** Japanese has no space between a number and its unit. */
  private tight(text: string): string {
    return this.language === "ja" ? text.replaceAll(" ", "") : text;
  }

  /** How long something takes: 2分, 35秒. */
  duration(seconds: number): string {
    const style = (unit: string, value: number) =>
      new Intl.NumberFormat(this.locale, { style: "unit", unit, unitDisplay: this.language === "ja" ? "short" : "long", maximumFractionDigits: 0 }).format(value);
    if (seconds < 60) return style("second", Math.max(1, Math.round(seconds)));
    if (seconds < 3600) return style("minute", Math.round(seconds / 60));
    return style("hour", Math.round(seconds / 3600));
  }
}

function read(time: string | Date): Date | undefined {
  const date = typeof time === "string" ? new Date(time) : time;
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() < 2 ? undefined : date;
}

function parts(f: Intl.DateTimeFormat, date: Date): Partial<Record<Intl.DateTimeFormatPartTypes, string>> {
  return Object.fromEntries(f.formatToParts(date).map((p) => [p.type, p.value]));
}

function currencyFormat(locale: string, currency: string, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  try {
    return new Intl.NumberFormat(locale === "ja-JP" ? "ja-JP-u-nu-latn" : locale, { style: "currency", currency, currencyDisplay: "narrowSymbol", ...options });
  } catch {
    return new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }); // no such currency
  }
}

function japaneseCompact(value: number, write: (v: number, digits: number) => string): string {
  const size = Math.abs(value);
  for (const [unit, name] of [[1e12, "兆"], [1e8, "億"], [1e4, "万"]] as const) {
    if (size >= unit) return `${write(value / unit, size < unit * 100 ? 1 : 0)}${name}`;
  }
  return write(value, 0);
}

export const FormatContext = createContext(new Format("ja"));
export const useFormat = (): Format => use(FormatContext);
