import { Button, Group, NumberInput, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { eventKindsQuery, retentionQuery } from "@/api/queries";
import type { Retention as Rule } from "@/api/types";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { useAct } from "@/ui/act";
import { Clash } from "@/ui/clash";
import { useDraftForm } from "@/ui/form";
import { useFormat } from "@/ui/format";
import { Row, Stack, Text } from "@/ui/page";
import { Loaded } from "@/ui/states";
import { useEventTitle } from "../../events";

/** How long events are kept, by rules that two administrators may change. */
export function Retention() {
  const { t } = useText();
  const format = useFormat();
  const title = useEventTitle();
  const admin = useMay("admin");
  const rules = useQuery(retentionQuery);
  const kinds = useQuery(eventKindsQuery);
  const form = useDraftForm<{ event: string; days: number | string }>({ initial: { event: "*", days: 730 } });
  const ruleOf = (event: string, all = rules.data) => all?.find((rule) => rule.event === event);
  const set = useAct({
    quiet: true,
    run: ({ event, days, on }: { event: string; days: number; on: Rule | undefined }) =>
      api.PUT("/api/v1/retention/{event}", { params: { path: { event } }, body: { days, ...(on ? { version: on.version } : {}) } }),
    stale: [["retention"]],
    done: t("action.saved"),
  });
  const names: Record<string, string> = { "*": t("privacy.every_event"), "@audit": t("privacy.audit") };
  const name = (event: string) => names[event] ?? title("track", event);
  const days = (rule: Rule) => t("count.days", { count: rule.days, n: format.number(rule.days) });
  const options = [
    ...Object.entries(names).map(([value, label]) => ({ value, label })),
    ...(kinds.data ?? []).flatMap((k) => (k.name ? [{ value: k.name, label: title("track", k.name) }] : [])),
  ];
  const load = (theirs: Rule | undefined) => {
    if (theirs && set.variables?.days) form.setValues({ event: theirs.event, days: theirs.days });
    set.reset();
  };
  return (
    <Stack>
      <p style={{ margin: 0 }} className="soft">
        {t("privacy.retention_text")}
      </p>
      <Loaded query={rules} lines={2}>
        {(all) => (
          <ul style={{ listStyle: "none", padding: 0, margin: 0 }}>
            {all.length === 0 ? <li>{t("privacy.keep_all")}</li> : null}
            {all.map((rule) => (
              <li key={rule.event}>
                <Row>
                  <span style={{ flex: 1 }}>
                    <Text>{name(rule.event)}</Text> <strong className="num">{days(rule)}</strong>{" "}
                    <span className="soft">
                      {rule.updated_by.replace(/^user:/, "")} · {format.short(rule.updated_at)}
                    </span>
                  </span>
                  {admin ? (
                    <Button size="compact-xs" variant="subtle" onClick={() => set.mutate({ event: rule.event, days: 0, on: rule })}>
                      {t("privacy.keep_again")}
                    </Button>
                  ) : null}
                </Row>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {admin ? (
        <form onSubmit={form.onSubmit(({ event, days }) => set.mutate({ event, days: Number(days) || 0, on: ruleOf(event) }, { onError: form.refuse }))}>
          <Stack>
            <Clash
              error={set.error} except={["days"]} query={retentionQuery} pick={(all) => ruleOf(set.variables?.event ?? "", all)} show={(theirs) => `${name(theirs.event)} ${days(theirs)}`}
              onLoad={load} onTop={(theirs) => set.variables && set.mutate({ ...set.variables, on: theirs })} {...(set.variables?.days === 0 ? { action: t("privacy.keep_again") } : {})}
            />
            <Group align="end">
              <Select label={t("contract.event")} w={260} searchable allowDeselect={false} data={options} {...form.getInputProps("event")} />
              <NumberInput label={t("privacy.days")} size="sm" w={130} min={1} thousandSeparator="," {...form.getInputProps("days")} />
              <Button type="submit" variant="default" loading={set.isPending}>
                {t("privacy.set")}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : null}
    </Stack>
  );
}
