import { Button, Skeleton } from "@mantine/core";
import { IconChevronDown, IconChevronLeft, IconChevronRight, IconChevronUp } from "@tabler/icons-react";
import { useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from "react";
import { useText } from "@/locale";
import { useFormat } from "../format";
import { Failing } from "../states";
import { TableTools } from "./tools";
import type { FilterWords } from "./view-words";
import { shownColumns, sortRows, type Column } from "./columns";
import { toTSV } from "./csv";
import type { TableState } from "./state";
import { told } from "../toast";
import css from "./table.module.css";

export interface DataTableProps<Row> {
  /** What the table lists, for screen readers and file names. */
  label: string;
  state: TableState;
  columns: Column<Row>[];
  rows: Row[] | undefined;
  rowId: (row: Row) => string;
  error?: unknown;
  onRetry?: () => void;
  /** Shows that other rows are being fetched while these stay. */
  busy?: boolean;
  empty: ReactNode;
  /** Search and filters, left of the tools. */
  filters?: ReactNode;
  onOpen?: (row: Row) => void;
  /** What can be done with the chosen rows. */
  actions?: (rows: Row[], clear: () => void) => ReactNode;
  /** Where the server pages: the cursor of the next page, if there is one. */
  next?: string | undefined;
  /** Whether the rows here are all there are, to be sorted here. */
  local?: boolean;
  /** Everything that matches, page by page, for the export; the rows here when not given. */
  all?: () => AsyncIterable<Row[]>;
  /** The name under which views are saved. */
  place?: string;
  /** What the filters say, for views that are told in words; the search, order and columns are told anyway. */
  filterWords?: FilterWords;
  /** Lets the table grow with the page instead of scrolling by itself. */
  free?: boolean;
}

/** More rows than this in one page are not drawn. */
const most = 500;

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { state, columns, rows, rowId, error, local, label } = props;
  const { t } = useText();
  const format = useFormat();
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const shown = shownColumns(columns, state.columns);
  const sorted = rows && (local ? sortRows(rows, columns, state.sort) : rows);
  const drawn = sorted?.slice(0, most);
  const chosen = drawn?.filter((row) => picked.has(rowId(row))) ?? [];

  const copy = async () => {
    const source = chosen.length > 0 ? chosen : (drawn ?? []);
    await navigator.clipboard.writeText(toTSV([shown.map((c) => c.title), ...source.map((row) => shown.map((c) => c.value(row)))]));
    told(t("table.copied", { count: source.length }));
  };

  return (
    <div>
      {props.filters || props.place || !sorted || sorted.length > 0 ? (
        <div className={css.bar}>
          {props.filters}
          <span className={css.spring} />
          <TableTools table={props} shown={shown} sorted={sorted} onCopy={() => void copy()} />
        </div>
      ) : null}
      {props.actions && chosen.length > 0 ? (
        <div className={css.picked} role="status">
          <span className="num">{t("table.picked", { count: chosen.length })}</span>
          {props.actions(chosen, () => setPicked(new Set()))}
          <Button size="compact-xs" variant="subtle" onClick={() => setPicked(new Set())}>
            {t("table.unpick")}
          </Button>
        </div>
      ) : null}
      {error && !rows ? (
        <Failing error={error} onRetry={props.onRetry} />
      ) : drawn?.length === 0 ? (
        props.empty
      ) : (
        <div className={css.scroll} {...(props.free ? { "data-free": true } : {})} tabIndex={0} role="region" aria-label={label}>
          <table className={`${css.table} ${props.busy ? css.busy : ""}`} aria-busy={!drawn || !!props.busy}>
            <Head {...props} shown={shown} drawn={drawn} picked={picked} onPick={setPicked} />
            {drawn ? <Body {...props} shown={shown} drawn={drawn} picked={picked} onPick={setPicked} onCopy={() => void copy()} /> : <Waiting columns={shown.length + (props.actions ? 1 : 0)} />}
          </table>
        </div>
      )}
      {sorted && sorted.length > 0 ? (
        <div className={css.foot}>
          <span className="num">
            {sorted.length > most ? t("table.too_many", { shown: most, count: sorted.length }) : t("table.count", { count: sorted.length, n: format.number(sorted.length) })}
          </span>
          {props.next ? <span className="print-only">{t("table.goes_on", { page: state.cursors.length + 1 })}</span> : null}
          {props.onOpen ? <span className={css.keys}>{t("table.keys")}</span> : null}
          {!local && (state.cursors.length > 0 || props.next) ? <Pages state={state} next={props.next} /> : null}
        </div>
      ) : null}
    </div>
  );
}

function Pages({ state, next }: { state: TableState; next: string | undefined }) {
  const { t } = useText();
  const { cursors } = state;
  return (
    <span className="no-print" style={{ display: "flex", gap: 6, alignItems: "center" }}>
      <Button size="compact-xs" variant="default" leftSection={<IconChevronLeft size={13} />} disabled={cursors.length === 0} onClick={() => state.goTo(cursors.slice(0, -1))}>
        {t("table.previous")}
      </Button>
      <span className="num">{t("table.page", { page: cursors.length + 1 })}</span>
      <Button size="compact-xs" variant="default" rightSection={<IconChevronRight size={13} />} disabled={!next} onClick={() => next && state.goTo([...cursors, next])}>
        {t("table.next")}
      </Button>
    </span>
  );
}

interface PartProps<Row> extends DataTableProps<Row> {
  shown: Column<Row>[];
  drawn: Row[] | undefined;
  picked: ReadonlySet<string>;
  onPick: (picked: ReadonlySet<string>) => void;
}

/** The browser's own: a page of a table has a hundred of them. */
function Tick({ label, checked, some = false, onChange }: { label: string; checked: boolean; some?: boolean; onChange: () => void }) {
  return (
    <input
      type="checkbox"
      className={css.tick}
      aria-label={label}
      checked={checked}
      onChange={onChange}
      ref={(input) => {
        if (input) input.indeterminate = some;
      }}
    />
  );
}

function Head<Row>({ shown, state, drawn, actions, picked, onPick, rowId }: PartProps<Row>) {
  const { t } = useText();
  const ids = drawn?.map(rowId) ?? [];
  const every = ids.length > 0 && ids.every((id) => picked.has(id));
  return (
    <thead>
      <tr>
        {actions ? (
          <th className={css.check}>
            <Tick label={t("table.pick_all")} checked={every} some={!every && ids.some((id) => picked.has(id))} onChange={() => onPick(new Set(every ? [] : ids))} />
          </th>
        ) : null}
        {shown.map((column, at) => {
          const sorted = state.sort?.column === column.id ? state.sort : undefined;
          const Icon = sorted?.descending ? IconChevronDown : IconChevronUp;
          return (
            <th key={column.id} scope="col" {...(at === 0 ? { "data-first": true } : {})} {...(column.end ? { "data-end": true } : {})} {...(sorted ? { "aria-sort": sorted.descending ? "descending" : "ascending" } : {})}>
              {column.sortable ? (
                <button type="button" className={css.sort} title={column.hint} onClick={() => state.toggleSort(column.id)}>
                  {column.title}
                  <Icon size={13} aria-hidden style={{ opacity: sorted ? 1 : 0.35 }} />
                </button>
              ) : (
                column.title
              )}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

function Body<Row>(props: PartProps<Row> & { onCopy: () => void; drawn: Row[] }) {
  const { shown, drawn, rowId, onOpen, actions, picked, onPick } = props;
  const { t } = useText();
  const [active, setActive] = useState(0);
  const body = useRef<HTMLTableSectionElement>(null);

  const toggle = (row: Row) => {
    const next = new Set(picked);
    if (!next.delete(rowId(row))) next.add(rowId(row));
    onPick(next);
  };
  const keys = (event: KeyboardEvent<HTMLTableRowElement>, row: Row, index: number) => {
    if (event.target !== event.currentTarget) return; // a link or button in the row has its own keys
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, Home: -index, End: drawn.length - 1 - index }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const to = Math.max(0, Math.min(drawn.length - 1, index + step));
      setActive(to);
      (body.current?.children[to] as HTMLElement | undefined)?.focus();
    } else if (event.key === "Enter") onOpen?.(row);
    else if (event.key === " " && actions) {
      event.preventDefault();
      toggle(row);
    } else if (event.key === "c" && (event.ctrlKey || event.metaKey) && !globalThis.getSelection()?.toString()) props.onCopy();
  };
  const click = (event: MouseEvent<HTMLTableRowElement>, row: Row) => {
    const inside = (event.target as HTMLElement).closest("a, button, input, label");
    if (!inside && !globalThis.getSelection()?.toString()) onOpen?.(row);
  };

  return (
    <tbody ref={body}>
      {drawn.map((row, index) => {
        const id = rowId(row);
        const selected = picked.has(id);
        return (
          <tr key={id} className={css.row} tabIndex={index === Math.min(active, drawn.length - 1) ? 0 : -1} {...(onOpen ? { "data-open": true } : {})} {...(selected ? { "data-selected": true } : {})} onKeyDown={(e) => keys(e, row, index)} onClick={(e) => click(e, row)} onFocus={() => setActive(index)}>
            {actions ? (
              <td className={css.check}>
                <Tick label={t("table.pick")} checked={selected} onChange={() => toggle(row)} />
              </td>
            ) : null}
            {shown.map((column, at) => (
              <td key={column.id} {...(at === 0 ? { "data-first": true } : {})} {...(column.end ? { "data-end": true } : {})} {...(column.tight ? { "data-tight": true } : {})}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        );
      })}
    </tbody>
  );
}

function Waiting({ columns }: { columns: number }) {
  return (
    <tbody>
      {Array.from({ length: 8 }, (_, i) => (
        <tr key={i}>
          {Array.from({ length: columns }, (_, j) => (
            <td key={j}>
              <Skeleton height={14} width={`${85 - ((i * 13 + j * 29) % 50)}%`} />
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}
