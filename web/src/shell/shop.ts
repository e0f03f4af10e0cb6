import { useMemo } from "react";
import type { Session } from "@/api/session";
import { useText } from "@/locale";
import { Format } from "@/ui/format";

/** How the shop writes times and money, in the language of the screen. */
export function useShopFormat(session: Session): Format {
  const { language } = useText();
  const { time_zone: zone, currency } = session.shop;
  return useMemo(() => new Format(language, zone, currency), [language, zone, currency]);
}
