import { useText } from "@/locale";

/** What an event is called: the vocabulary's title, else the name the shop gave it. */
export function useEventTitle(): (type: string, name?: string) => string {
  const { t, has } = useText();
  return (type, name) => {
    if (type === "track" && name) return has(`event.${name}`) ? t(`event.${name}`) : name;
    return t(`event_type.${type}`);
  };
}
