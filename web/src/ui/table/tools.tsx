import { ActionIcon, Button, Checkbox, Popover, Tooltip } from "@mantine/core";
import { IconColumns, IconCopy, IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { useText } from "@/locale";
import { save } from "../download";
import { failed, told } from "../toast";
import css from "../ui.module.css";
import type { Column } from "./columns";
import { toCSV } from "./csv";
import type { DataTableProps } from "./table";
import { viewWords } from "./view-words";
import { Views } from "./views";

/** A file with more rows than this is for an export job, not for the browser. */
const mostExported = 20_000;

interface ToolsProps<Row> {
  table: DataTableProps<Row>;
  shown: Column<Row>[];
  sorted: Row[] | undefined;
  onCopy: () => void;
}

/** Columns, views, copy and export of a table. */
export function TableTools<Row>({ table, shown, sorted, onCopy }: ToolsProps<Row>) {
  const { t } = useText();
  const [exporting, setExporting] = useState<number>();
  const nothing = !sorted || sorted.length === 0;

  const run = async () => {
    setExporting(0);
    try {
      const rows: Row[] = [];
      for await (const page of table.all?.() ?? [sorted ?? []]) {
        rows.push(...page);
        setExporting(rows.length);
        if (rows.length >= mostExported) break;
      }
      const cells = rows.slice(0, mostExported).map((row) => shown.map((c) => c.value(row)));
      save(`${table.label}.csv`, new Blob([toCSV([shown.map((c) => c.title), ...cells])], { type: "text/csv;charset=utf-8" }));
      told(rows.length >= mostExported ? t("table.exported_part", { count: mostExported }) : t("table.exported", { count: rows.length }));
    } catch (error) {
      failed(error);
    } finally {
      setExporting(undefined);
    }
  };

  return (
    <>
      {table.place ? <Views place={table.place} state={table.state} words={(query) => viewWords(query, table.columns, table.filterWords ?? {}, t)} /> : null}
      {nothing ? null : (
        <>
          <ColumnChoice table={table} shown={shown} />
          <Tooltip label={t("table.copy")}>
            <ActionIcon onClick={onCopy} aria-label={t("table.copy")}>
              <IconCopy size={17} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={exporting ? t("table.exporting", { count: exporting }) : t("table.export")}>
            <ActionIcon onClick={() => void run()} loading={exporting !== undefined} aria-label={t("table.export")}>
              <IconDownload size={17} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        </>
      )}
    </>
  );
}

function ColumnChoice<Row>({ table, shown }: { table: DataTableProps<Row>; shown: Column<Row>[] }) {
  const { t } = useText();
  const { state, columns } = table;
  const visible = new Set(shown.map((c) => c.id));
  const toggle = (id: string) => {
    const next = columns.filter((c) => (c.id === id ? !visible.has(id) : visible.has(c.id))).map((c) => c.id);
    state.set({ columns: next.join(","), at: state.search.at });
  };
  return (
    <Popover position="bottom-end" shadow="md" trapFocus>
      <Popover.Target>
        <Tooltip label={t("table.columns")}>
          <ActionIcon aria-label={t("table.columns")}>
            <IconColumns size={17} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("table.columns")}>
        <div className={css.stack} style={{ gap: 10 }}>
          {columns.map((c) => (
            <Checkbox key={c.id} size="xs" label={c.title} checked={visible.has(c.id)} disabled={!!c.fixed} onChange={() => toggle(c.id)} />
          ))}
          <Button size="compact-xs" variant="subtle" disabled={!state.columns} onClick={() => state.set({ columns: undefined, at: state.search.at })}>
            {t("table.columns_reset")}
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

