import { Button, Checkbox, Group, Modal, NumberInput, Select, TagsInput, TextInput } from "@mantine/core";
import { useState } from "react";
import { api, list } from "@/api/client";
import { fieldsQuery, type EventType } from "@/api/queries";
import type { Field, Rule } from "@/api/types";
import { useText } from "@/locale";
import { useAct } from "@/ui/act";
import { Clash } from "@/ui/clash";
import { useDraftForm } from "@/ui/form";
import { Stack } from "@/ui/page";
import { Notice } from "@/ui/states";
import { ruleText } from "./rule-text";

const types = ["string", "number", "integer", "boolean", "time", "object", "array"] as const;

const valuesOf = (rule: Partial<Rule> = {}) => ({
  type: rule.type ?? "", required: !!rule.required, allowed: list(rule.allowed), minimum: rule.minimum ?? "",
  maximum: rule.maximum ?? "", pattern: rule.pattern ?? "", drop: !!rule.drop, allow: !!rule.allow,
});

/** What a field must be. Events that break it wait in quarantine. */
export function RuleDialog({ type, name, field, onClose }: { type: EventType; name: string; field: Field; onClose: () => void }) {
  const { t } = useText();
  const [rule, setRule] = useState(field.rule); // as it was read
  const form = useDraftForm({ initial: valuesOf(rule) });
  const stale = [["contract"]];
  const v = form.values;
  const save = useAct({
    quiet: true,
    run: (on: Rule | undefined) => {
      const version = on?.version ? { version: on.version } : {};
      const made: Rule = v.drop
        ? { ...version, drop: true }
        : {
            ...version,
            ...(v.type ? { type: v.type as (typeof types)[number] } : {}),
            ...(v.required ? { required: true } : {}),
            ...(v.allowed.length > 0 ? { allowed: v.allowed } : {}),
            ...(v.minimum === "" ? {} : { minimum: Number(v.minimum) }),
            ...(v.maximum === "" ? {} : { maximum: Number(v.maximum) }),
            ...(v.pattern ? { pattern: v.pattern } : {}),
            ...(v.allow ? { allow: true } : {}),
          };
      return api.PUT("/api/v1/contract/rules", { body: { type, ...(name ? { name } : {}), path: field.path, rule: made } });
    },
    stale,
    done: t("rule.saved"),
    then: onClose,
  });
  const remove = useAct({
    quiet: true,
    run: (on: Rule | undefined) => api.DELETE("/api/v1/contract/rules", { params: { query: { type, name, path: field.path, ...(on?.version ? { version: on.version } : {}) } } }),
    stale,
    done: t("rule.removed"),
    then: onClose,
  });
  const act = remove.error ? remove : save;
  const load = (theirs: Rule | undefined) => {
    setRule(theirs);
    form.setValues(valuesOf(theirs));
    act.reset();
  };
  return (
    <Modal opened onClose={onClose} title={<strong>{t("rule.title", { path: field.path })}</strong>} closeButtonProps={{ "aria-label": t("action.close") }}>
      <form onSubmit={form.onSubmit(() => save.mutate(rule, { onError: form.refuse, onSettled: remove.reset }))}>
        <Stack>
          <Clash
            error={act.error} query={fieldsQuery(type, name)} pick={(fields) => fields.find((f) => f.path === field.path)?.rule} show={(theirs) => ruleText(t, theirs)}
            onLoad={load} onTop={(theirs) => act.mutate(theirs)} {...(remove.error ? { action: t("clash.remove") } : {})}
          />
          <Notice>{t("rule.text")}</Notice>
          <Checkbox label={t("rule.drop_label")} description={t("rule.drop_text")} {...form.getInputProps("drop", { type: "checkbox" })} />
          {v.drop ? null : (
            <>
              <Select label={t("rule.type")} clearable data={types.map((value) => ({ value, label: t(`json.${value}`) }))} {...form.getInputProps("type")} />
              <Checkbox label={t("rule.required_label")} {...form.getInputProps("required", { type: "checkbox" })} />
              <TagsInput size="sm" label={t("rule.allowed")} description={t("rule.allowed_text")} {...form.getInputProps("allowed")} />
              <Group grow align="start">
                <NumberInput size="sm" label={t("rule.minimum")} {...form.getInputProps("minimum")} />
                <NumberInput size="sm" label={t("rule.maximum")} {...form.getInputProps("maximum")} />
              </Group>
              <TextInput label={t("rule.pattern")} description={t("rule.pattern_text")} {...form.getInputProps("pattern")} />
              <Checkbox label={t("rule.allow_label")} {...form.getInputProps("allow", { type: "checkbox" })} />
            </>
          )}
          <Group justify="space-between">
            {rule ? (
              <Button variant="subtle" color="shu" loading={remove.isPending} onClick={() => remove.mutate(rule)}>
                {t("rule.remove")}
              </Button>
            ) : (
              <span />
            )}
            <Button type="submit" loading={save.isPending}>
              {t("action.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
