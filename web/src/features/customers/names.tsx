import { Link } from "@tanstack/react-router";
import type { Card } from "@/api/types";
import { useText } from "@/locale";
import { Tag, Text } from "@/ui/page";

/** What somebody is called: the name, else the address, else that there is none. */
export function useName(): (card: Pick<Card, "name" | "email" | "phone">) => string {
  const { t } = useText();
  return (card) => card.name ?? card.email ?? card.phone ?? t("customer.nameless");
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
