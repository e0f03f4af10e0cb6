import { Button, Group, Modal, Textarea, TextInput } from "@mantine/core";
import { useText } from "@/locale";
import { useAct } from "@/ui/act";
import { Clash } from "@/ui/clash";
import { useDraftForm } from "@/ui/form";
import { Stack } from "@/ui/page";
import { saveSegment, segmentQuery } from "../queries";
import type { Segment } from "../types";

/** Changes the name and description of a list. */
export default function RenameList({ segment, onClose }: { segment: Segment; onClose: () => void }) {
  const { t } = useText();
  const form = useDraftForm({ initial: { name: segment.name, description: segment.description }, validate: ({ name }) => ({ name: name.trim() ? null : t("form.required") }) });
  const save = useAct({
    quiet: true,
    run: (version: number) => saveSegment(segment.id, { name: form.values.name.trim(), description: form.values.description.trim(), refresh: segment.refresh, kind: segment.kind, version }),
    stale: [["segments"]],
    done: t("action.saved"),
    failed: form.refuse,
    then: onClose,
  });
  return (
    <Modal opened onClose={onClose} title={<strong>{t("segments.rename")}</strong>} closeButtonProps={{ "aria-label": t("action.close") }}>
      <form onSubmit={form.onSubmit(() => save.mutate(segment.version))}>
        <Stack>
          <Clash
            error={save.error}
            except={["name", "description"]}
            query={segmentQuery(segment.id)}
            pick={(one) => one}
            show={(one) => one.name}
            onTop={(theirs) => theirs && save.mutate(theirs.version)}
            onLoad={(theirs) => {
              if (theirs) form.setValues({ name: theirs.name, description: theirs.description });
              save.reset();
            }}
          />
          <TextInput label={t("segments.name")} required maxLength={200} data-autofocus {...form.getInputProps("name")} />
          <Textarea label={t("segments.description")} autosize minRows={2} {...form.getInputProps("description")} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t("action.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
