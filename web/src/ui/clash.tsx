import { Button, Group } from "@mantine/core";
import { useQuery, type QueryKey, type UseQueryOptions } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Problem } from "@/api/problem";
import { useText } from "@/locale";
import { useFormat } from "./format";
import { Stack, Text } from "./page";
import { Loading, Notice, ProblemNotice } from "./states";

const keys = new Set(["changed_meanwhile", "there_already"]);

/** Whether a change was refused because somebody else changed the same thing first. */
export const isClash = (error: unknown): boolean => error instanceof Problem && error.status === 409 && keys.has(error.key);

/** Who changed it and when, where that is told. */
interface Change {
  updated_by?: string;
  updated_at?: string;
}

interface ClashProps<All, Key extends QueryKey, T extends object> {
  /** What the change was refused with; anything but a clash is shown as other problems are. */
  error: unknown;
  except?: string[];
  /** Where what is there now is read, and which of it this is about. */
  query: UseQueryOptions<All, Error, All, Key>;
  pick: (all: All) => T | undefined;
  /** What the other wrote. */
  show: (theirs: T) => ReactNode;
  /** Takes what is there now instead of what was typed; nothing when it was removed. */
  onLoad?: (theirs: T | undefined) => void;
  /** Does it all the same, on top of what is there now. */
  onTop: (theirs: T | undefined) => void;
  /** What the change is called when it is no saving. */
  action?: string;
}

/**
 * Above a form that was refused: what is wrong; and when two people changed the same thing, what the other wrote, and the choice
 * between that and what was typed, which stays in the form.
 */
export function Clash<All, Key extends QueryKey, T extends object>(props: ClashProps<All, Key, T>) {
  if (!isClash(props.error)) return <ProblemNotice error={props.error} {...(props.except ? { except: props.except } : {})} />;
  return <Theirs {...props} />;
}

function Theirs<All, Key extends QueryKey, T extends object>({ error, query, pick, show, onLoad, onTop, action }: ClashProps<All, Key, T>) {
  const { t } = useText();
  const format = useFormat();
  const now = useQuery({ ...query, staleTime: 0, refetchOnMount: "always" });
  if (now.isFetching) return <Loading lines={2} />;
  if (now.error) return <ProblemNotice error={now.error} />;
  const theirs = now.data === undefined ? undefined : pick(now.data);
  const change: Change = theirs ?? {};
  const taken = (error as Problem).key === "there_already";
  return (
    <Notice tone="warn" alert>
      <Stack>
        <div>
          <strong>{t(!theirs ? "clash.gone" : taken ? "clash.taken" : "clash.changed")}</strong> {action ? null : t("clash.kept")}
        </div>
        {theirs ? (
          <div>
            {t("clash.now")} <Text>{show(theirs)}</Text>{" "}
            {change.updated_by && change.updated_at ? (
              <span className="soft">
                {change.updated_by.replace(/^user:/, "")} · {format.short(change.updated_at)}
              </span>
            ) : null}
          </div>
        ) : null}
        <Group gap="xs">
          {onLoad ? (
            <Button size="compact-sm" variant="default" onClick={() => onLoad(theirs)}>
              {t(!theirs ? "clash.leave" : action ? "clash.as_it_is" : "clash.load")}
            </Button>
          ) : null}
          {action && !theirs ? null : (
            <Button size="compact-sm" onClick={() => onTop(theirs)}>
              {action ?? t(theirs ? "clash.on_top" : "clash.again")}
            </Button>
          )}
        </Group>
      </Stack>
    </Notice>
  );
}
