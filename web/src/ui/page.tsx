import { useEffect, type ReactNode } from "react";
import css from "./ui.module.css";

interface PageProps {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  /** Narrow pages are for reading and forms. */
  narrow?: boolean;
  children: ReactNode;
}

/** The frame of every page: what it is, what can be done, and then the content. */
export function Page({ title, lead, actions, narrow, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Hitori`;
  }, [title]);
  return (
    <div className={`${css.page} ${narrow ? css.narrow : ""}`}>
      <header className={css.head}>
        <div>
          <h1 className={css.title} title={title.length > 60 ? title : undefined}>
            <bdi>{title}</bdi>
          </h1>
          {lead ? <p className={css.lead}>{lead}</p> : null}
        </div>
        {actions ? <div className={`${css.actions} no-print`}>{actions}</div> : null}
      </header>
      {children}
    </div>
  );
}

interface PanelProps {
  title?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  /** Flush panels hold tables, which have their own spacing. */
  flush?: boolean;
}

export function Panel({ title, aside, children, flush }: PanelProps) {
  return (
    <section className={css.panel}>
      {title || aside ? (
        <div className={css.panelHead}>
          {title ? <h2 className={css.panelTitle}>{title}</h2> : <span />}
          {aside ? <div className={css.actions}>{aside}</div> : null}
        </div>
      ) : null}
      <div className={flush ? undefined : css.panelBody}>{children}</div>
    </section>
  );
}

export interface Figure {
  label: string;
  value: ReactNode;
  note?: ReactNode;
}

/** A row of numbers with their names. */
export function Figures({ items }: { items: Figure[] }) {
  return (
    <dl className={css.figures}>
      {items.map((item) => (
        <div key={item.label}>
          <dt>{item.label}</dt>
          <dd>
            {item.value}
            {item.note ? <small>{item.note}</small> : null}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Names and values, one below the other. */
export function Facts({ items }: { items: { label: ReactNode; value: ReactNode; key?: string }[] }) {
  return (
    <dl className={css.facts}>
      {items.map((item, i) => (
        <FactRow key={item.key ?? i} {...item} />
      ))}
    </dl>
  );
}

function FactRow({ label, value }: { label: ReactNode; value: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </>
  );
}

export type Tone = "good" | "warn" | "bad" | "accent" | "plain";

export function Tag({ tone = "plain", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={css.tag} data-tone={tone}>
      {children}
    </span>
  );
}

export function Stack({ children }: { children: ReactNode }) {
  return <div className={css.stack}>{children}</div>;
}

export function Row({ children }: { children: ReactNode }) {
  return <div className={css.row}>{children}</div>;
}

/** A share as a bar, with its number beside it. */
export function Share({ value, label }: { value: number; label: string }) {
  return (
    <span style={{ display: "flex", gap: 8, alignItems: "center" }}>
      <span className={css.bar} aria-hidden style={{ flex: 1 }}>
        <span style={{ width: `${Math.round(Math.max(0, Math.min(1, value)) * 100)}%` }} />
      </span>
      <span className="num" style={{ minWidth: "3.2em", textAlign: "right" }}>
        {label}
      </span>
    </span>
  );
}

/** Text that somebody else wrote: its direction does not leak into ours. */
export function Text({ children, clip, clamp }: { children: ReactNode; clip?: boolean; clamp?: boolean }) {
  return (
    <bdi className={clip ? "text clip" : clamp ? "text clamp" : "text"} style={clip ? { display: "block" } : undefined}>
      {children}
    </bdi>
  );
}
