import { useQuery } from "@tanstack/react-query";
import { healthQuery } from "@/api/queries";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { Facts, Figures, Page, Panel, Tag } from "@/ui/page";
import { Loaded, Notice } from "@/ui/states";

/** How the machine room is. */
export default function Health() {
  const { t, has } = useText();
  const format = useFormat();
  const health = useQuery(healthQuery);
  const engine = (name: string) => (has(`health.engine_${name}`) ? t(`health.engine_${name}`) : name);
  return (
    <Page title={t("place.health")} lead={t("health.lead")} narrow>
      <Loaded query={health}>
        {(h) => (
          <>
            <Notice tone={h.status === "ok" ? "good" : "bad"}>{t(h.status === "ok" ? "health.ok" : "health.degraded")}</Notice>
            <Panel>
              <Figures
                items={[
                  { label: t("health.lag"), value: format.number(h.lag_frames), note: t(h.lag_frames === 0 ? "health.lag_none" : "health.lag_some") },
                  { label: t("health.disk"), value: h.disk_free < 0 ? "–" : format.bytes(h.disk_free), note: t("health.disk_note") },
                  { label: t("health.version"), value: <span style={{ fontSize: "0.875rem" }}>{h.version}</span> },
                ]}
              />
            </Panel>
            <Panel title={t("health.engines")}>
              <Facts
                items={Object.entries(h.engines).map(([name, state]) => ({
                  key: name,
                  label: engine(name),
                  value: state === "ok" ? <Tag tone="good">{t("health.engine_ok")}</Tag> : <Tag tone="bad">{state}</Tag>,
                }))}
              />
            </Panel>
          </>
        )}
      </Loaded>
    </Page>
  );
}
