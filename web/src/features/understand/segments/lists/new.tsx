import { Button, Group, Modal, Textarea, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useText } from "@/locale";
import { useAct } from "@/ui/act";
import { useDraftForm } from "@/ui/form";
import { Stack } from "@/ui/page";
import { ProblemNotice } from "@/ui/states";
import { createSegment } from "../queries";

/** Makes an empty list; people are put on it where it opens. */
export default function NewList({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const navigate = useNavigate();
  const form = useDraftForm({ initial: { name: "", description: "" }, draft: "list", validate: ({ name }) => ({ name: name.trim() ? null : t("form.required") }) });
  const create = useAct({
    quiet: true,
    run: (values: { name: string; description: string }) => createSegment({ name: values.name.trim(), description: values.description.trim(), kind: "list", refresh: "manual" }),
    stale: [["segments"]],
    failed: form.refuse,
    then: (made) => {
      form.finish();
      void navigate({ to: "/understand/segments/$id", params: { id: made.id }, search: { tab: "people" } });
    },
  });
  return (
    <Modal opened onClose={onClose} title={<strong>{t("segments.create_list")}</strong>} closeButtonProps={{ "aria-label": t("action.close") }}>
      <form onSubmit={form.onSubmit((values) => create.mutate(values))}>
        <Stack>
          <span className="soft">{t("segments.list_text")}</span>
          <ProblemNotice error={create.error} except={["name", "description"]} />
          <TextInput label={t("segments.name")} required maxLength={200} data-autofocus {...form.getInputProps("name")} />
          <Textarea label={t("segments.description")} autosize minRows={2} {...form.getInputProps("description")} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {t("segments.create_list_action")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
