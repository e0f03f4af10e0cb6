import { useQuery } from "@tanstack/react-query";
import { ordersQuery } from "@/api/queries";
import { list } from "@/api/client";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { Tag, Text } from "@/ui/page";
import { Empty, Loaded } from "@/ui/states";
import css from "./person.module.css";

/** Orders with their lines, newest first. */
export function Orders({ id }: { id: string }) {
  const { t } = useText();
  const format = useFormat();
  const orders = useQuery(ordersQuery(id));
  return (
    <Loaded query={orders}>
      {(all) =>
        all.length === 0 ? (
          <Empty title={t("orders.none")}>{t("orders.none_text")}</Empty>
        ) : (
          <div>
            {[...all].reverse().map((order, i) => (
              <article key={order.id ?? i} className={css.order}>
                <div className={css.pair}>
                  <span>
                    <strong className="num">{format.moment(order.time)}</strong>{" "}
                    <span className="soft mono">
                      <Text>{order.id}</Text>
                    </span>{" "}
                    {order.cancelled ? <Tag tone="warn">{t("orders.cancelled")}</Tag> : null}
                    {order.refunded > 0 ? <Tag tone="warn">{t("orders.refunded", { amount: format.money(order.refunded, order.currency) })}</Tag> : null}
                  </span>
                  <strong className="num">{format.money(order.net, order.currency)}</strong>
                </div>
                <ul className={css.lines}>
                  {list(order.lines).map((line, j) => (
                    <li key={j}>
                      <span>
                        <Text>{line.name ?? line.product_id ?? line.sku}</Text> <span className="soft">{[line.variant, line.category].filter(Boolean).join(" · ")}</span>
                      </span>
                      <span className="num soft">× {format.number(line.quantity, 3)}</span>
                      <span className="num">{format.money(line.price, order.currency)}</span>
                    </li>
                  ))}
                </ul>
              </article>
            ))}
          </div>
        )
      }
    </Loaded>
  );
}
