import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import type { TableState } from "./state";

/** Narrows rows that are all here by a text. */
export function Filter({ state, label }: { state: TableState; label: string }) {
  const [typed, setTyped] = useState(state.search.q ?? "");
  return (
    <TextInput
      style={{ flex: "1 1 240px", maxWidth: 400 }}
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={16} />}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        state.set({ q: event.currentTarget.value.trim() || undefined });
      }}
    />
  );
}
