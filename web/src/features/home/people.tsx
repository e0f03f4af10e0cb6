import { SegmentedControl } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { peopleQuery, type Who } from "@/api/queries";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { Behind } from "../customers/behind";
import { whos } from "./numbers";

interface PeopleProps {
  /** The first and the last day. */
  days: [from: string, to: string];
  who: Who;
  onWho: (who: Who) => void;
  onClose: () => void;
}

/** The people behind a number: who ordered then, or did anything. */
export default function People({ days: [from, to], who, onWho, onClose }: PeopleProps) {
  const { t } = useText();
  const format = useFormat();
  const people = useInfiniteQuery(peopleQuery(from, to, who));
  const noon = (day: string) => format.day(`${day}T12:00:00Z`);
  const did = who === "active" ? "active" : "buyers";
  return (
    <Behind
      title={from === to ? t(`shop.${did}_of`, { day: noon(from) }) : t(`shop.${did}_between`, { from: noon(from), to: noon(to) })}
      people={people}
      empty={{ title: t(`shop.nobody_${did}`), text: t("shop.nobody_text") }}
      above={<SegmentedControl fullWidth size="xs" aria-label={t("shop.who")} data={whos.map((one) => ({ value: one, label: t(`shop.who_${one}`) }))} value={who} onChange={(chosen) => onWho(chosen)} />}
      onClose={onClose}
    />
  );
}
