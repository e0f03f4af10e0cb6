import { Link } from "@tanstack/react-router";
import type { Card } from "@/api/types";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { Tag, Text } from "@/ui/page";

/** Whether there is anything to see in a text, and to press: not only spaces, marks and fillers. */
const visible = (text: string | undefined): boolean => !!text && /[^\s\p{C}\p{M}\p{Z}\u115f\u1160\u3164\uffa0]/u.test(text);

/** What somebody is called: the name, else the address, else that there is none. */
export function useName(): (card: Pick<Card, "name" | "email" | "phone">) => string {
  const { t } = useText();
  const format = useFormat();
  return (card) => [card.name, card.email, card.phone && format.phone(card.phone)].find(visible) ?? t("customer.nameless");
}

export function CustomerLink({ card }: { card: Card }) {
  const name = useName();
  return (
    <Link to="/customers/$id" params={{ id: card.id }}>
      <Text clamp>{name(card)}</Text>
    </Link>
  );
}

export function Level({ level }: { level: Card["level"] }) {
  const { t } = useText();
  return <Tag tone={level === "member" ? "accent" : "plain"}>{t(`level.${level}`)}</Tag>;
}

/** A kind of identifier in words; a kind of the source's own keeps its name. */
export function useKindName(): (kind: string) => string {
  const { t, has } = useText();
  return (kind) => (has(`identifier.${kind}`) ? t(`identifier.${kind}`) : kind);
}

/** An identifier's value as people write it. */
export function useWritten(): (identifier: { kind: string; value: string }) => string {
  const format = useFormat();
  return ({ kind, value }) => (kind === "phone" ? format.phone(value) : value);
}
