import { Button, Menu, SegmentedControl } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { createContext, use, useRef, useState, type ReactNode } from "react";
import { useText } from "@/locale";
import { toPNG } from "@/ui/chart/image";
import { save } from "@/ui/download";
import { Panel } from "@/ui/page";
import type { Column } from "@/ui/table/columns";
import { toCSV } from "@/ui/table/csv";
import type { TableState } from "@/ui/table/state";
import { DataTable } from "@/ui/table/table";
import { failed, told } from "@/ui/toast";
import css from "./analysis.module.css";

/** What an analysis is about, for the files that leave it. */
export interface About {
  title: string;
  answer: string;
  /** What it says and does not say, line by line. */
  notes: string[];
  asOf: string;
  /** Whether the data are seen instead of the pictures. */
  table: boolean;
  onTable: (table: boolean) => void;
}

export const AboutContext = createContext<About | undefined>(undefined);

interface FigureProps<Row> {
  title: string;
  columns: Column<Row>[];
  rows: Row[];
  rowId: (row: Row) => string;
  onOpen?: ((row: Row) => void) | undefined;
  /** What is pointed at, in words. */
  readout?: ReactNode;
  legend?: ReactNode;
  hint?: string | undefined;
  controls?: ReactNode;
  /** The picture: an SVG. */
  children: ReactNode;
}

/** A picture with its data as a table, and both as files. */
export function Figure<Row>({ title, columns, rows, rowId, onOpen, readout, legend, hint, controls, children }: FigureProps<Row>) {
  const { t } = useText();
  const about = use(AboutContext);
  const state = useOwnState();
  const picture = useRef<HTMLDivElement>(null);
  if (!about) throw new Error("a figure stands in an analysis");
  const cells = () => [columns.map((c) => c.title), ...rows.map((row) => columns.map((c) => c.value(row)))];
  const file = (ending: string) => `${title.replace(/[\\/:*?"<>|]/g, " ")} ${about.asOf}.${ending}`;

  const asCSV = () => {
    save(file("csv"), new Blob([toCSV(cells())], { type: "text/csv;charset=utf-8" }));
    told(t("table.exported", { count: rows.length }));
  };
  const asExcel = async () => {
    const { toXLSX } = await import("./xlsx");
    const notes = [[about.title], [about.answer], ...about.notes.map((note) => [note])];
    save(file("xlsx"), toXLSX([{ name: title, rows: cells() }, { name: t("analyses.sheet_notes"), rows: notes }]));
    told(t("analyses.exported_excel", { count: rows.length }));
  };
  const asPNG = async () => {
    const svg = picture.current?.querySelector("svg");
    if (!svg) return;
    save(file("png"), await toPNG(svg, `${title} — ${about.answer}`, about.notes.at(-1) ?? ""));
    told(t("analyses.exported_image"));
  };

  return (
    <Panel
      title={title}
      aside={
        <span className={`${css.controls} no-print`}>
          {controls}
          <SegmentedControl size="xs" aria-label={t("analyses.view")} data={[{ value: "picture", label: t("analyses.view_picture") }, { value: "table", label: t("analyses.view_table") }]} value={about.table ? "table" : "picture"} onChange={(to) => about.onTable(to === "table")} />
          <Menu position="bottom-end">
            <Menu.Target>
              <Button size="xs" variant="default" leftSection={<IconDownload size={15} stroke={1.6} />}>
                {t("analyses.export")}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={asCSV}>CSV</Menu.Item>
              <Menu.Item onClick={() => void asExcel().catch(failed)}>Excel</Menu.Item>
              {about.table ? null : <Menu.Item onClick={() => void asPNG().catch(failed)}>{t("analyses.export_image")}</Menu.Item>}
            </Menu.Dropdown>
          </Menu>
        </span>
      }
    >
      {about.table ? (
        <DataTable label={title} state={state} columns={columns} rows={rows} rowId={rowId} local free {...(onOpen ? { onOpen } : {})} empty={null} />
      ) : (
        <figure className={css.figure}>
          {readout || legend ? (
            <figcaption className={css.readout}>
              <span className="num" aria-live="polite">
                {readout}
              </span>
              {legend ? <span className={css.legend}>{legend}</span> : null}
            </figcaption>
          ) : null}
          <div ref={picture}>{children}</div>
          {hint ? <p className={`${css.hint} no-print`}>{hint}</p> : null}
        </figure>
      )}
    </Panel>
  );
}

/** The state of a table that is one of several on its page, and so not in the address. */
function useOwnState(): TableState {
  const [sort, setSort] = useState<TableState["sort"]>();
  const [columns, setColumns] = useState<string>();
  const set: TableState["set"] = (changes) => setColumns(changes.columns);
  return {
    search: {}, set, replace: set, sort, columns: columns?.split(","), cursors: [],
    toggleSort: (column) => setSort(sort?.column !== column ? { column, descending: false } : sort.descending ? undefined : { column, descending: true }),
    goTo: () => undefined,
  };
}
