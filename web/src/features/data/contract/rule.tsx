import { Button, Checkbox, Group, Modal, NumberInput, Select, TagsInput, TextInput } from "@mantine/core";
import { api, list } from "@/api/client";
import type { EventType } from "@/api/queries";
import type { Field, Rule } from "@/api/types";
import { useText } from "@/locale";
import { useAct } from "@/ui/act";
import { useDraftForm } from "@/ui/form";
import { Stack } from "@/ui/page";
import { Notice, ProblemNotice } from "@/ui/states";

const types = ["string", "number", "integer", "boolean", "time", "object", "array"] as const;

/** What a field must be. Events that break it wait in quarantine. */
export function RuleDialog({ type, name, field, onClose }: { type: EventType; name: string; field: Field; onClose: () => void }) {
  const { t } = useText();
  const rule: Partial<Rule> = field.rule ?? {};
  const form = useDraftForm({
    initial: {
      type: rule.type ?? "", required: !!rule.required, allowed: list(rule.allowed), minimum: (rule.minimum ?? ""),
      maximum: (rule.maximum ?? ""), pattern: rule.pattern ?? "", drop: !!rule.drop, allow: !!rule.allow,
    },
  });
  const stale = [["contract"]];
  const v = form.values;
  const save = useAct({
    quiet: true,
    run: () => {
      const made: Rule = v.drop
        ? { drop: true }
        : {
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
  const remove = useAct({ run: () => api.DELETE("/api/v1/contract/rules", { params: { query: { type, name, path: field.path } } }), stale, done: t("rule.removed"), then: onClose });
  return (
    <Modal opened onClose={onClose} title={<strong>{t("rule.title", { path: field.path })}</strong>} closeButtonProps={{ "aria-label": t("action.close") }}>
      <form onSubmit={form.onSubmit(() => save.mutate(undefined, { onError: form.refuse }))}>
        <Stack>
          <ProblemNotice error={save.error} />
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
            {field.rule ? (
              <Button variant="subtle" color="shu" loading={remove.isPending} onClick={() => remove.mutate()}>
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
