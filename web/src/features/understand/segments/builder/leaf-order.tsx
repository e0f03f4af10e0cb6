import { useText } from "@/locale";
import { blankTest, inMoney, measuredType, without, type Measure, type OrderLeaf } from "../model/condition";
import type { Group } from "../model/form";
import { useBuilder, type LeafProps } from "./context";
import { Select } from "./inputs";
import { Says } from "./says";
import { Narrow, Where } from "./selection";
import { TestInput, WindowInput } from "./test";
import css from "./builder.module.css";

const states = ["kept", "returned", "cancelled", "all"] as const satisfies OrderLeaf<Group>["state"][];

/** How many orders, for how much, or when. */
export function OrderEditor({ leaf, set, wrong, bare }: LeafProps<OrderLeaf<Group>>) {
  const { t } = useText();
  const { schema } = useBuilder();
  const measure = (to: Measure) => {
    const is = measuredType(to) === measuredType(leaf.measure) ? leaf.is : blankTest(measuredType(to));
    set({ ...without(leaf, "currency"), measure: to, ...(inMoney(to) ? { currency: leaf.currency ?? schema.currency } : {}), is });
  };
  const unit = inMoney(leaf.measure) ? leaf.currency : leaf.measure === "quantity" ? "pieces" : "times";
  const slots = {
    window: <WindowInput test={leaf.window} wrong={wrong("window")} onChange={(window, field) => set({ ...leaf, window }, field && `window ${field}`)} />,
    orders: <Select label={t("segments.which_orders")} value={leaf.state} options={states.map((state) => [state, t(`segments.orders_${state}`)] as const)} wrong={wrong("state")} onChange={(state) => set({ ...leaf, state })} />,
    measure: <Select label={t("segments.measure")} value={leaf.measure} options={schema.measures.order.map((one) => [one, t(`segments.order_measure_${one}`)] as const)} wrong={wrong("measure") || wrong("currency")} onChange={measure} />,
    test: bare ? null : <TestInput subject={t(`segments.order_measure_${leaf.measure}`)} type={measuredType(leaf.measure)} test={leaf.is} count={leaf.measure === "count"} unit={unit} wrong={wrong("is")} onChange={(is, field) => set({ ...leaf, is }, field && `is ${field}`)} />,
  };
  return (
    <>
      <div className={css.sentence}>
        <Says text={bare ? "features.say_order" : "segments.say_order"} slots={slots} />
      </div>
      <Where where={leaf.where} fields={schema.order_fields} of="order" title={t("segments.where_order")} />
      <div className={css.extras}>
        <Narrow selection={leaf} label={t("segments.narrow_order")} onChange={set} />
      </div>
    </>
  );
}
