import type { Condition } from "./model/condition";

/** The address of the builder with a condition in it: where every number of a segment leads. */
export const conditionLink = (where: Condition): { condition: string } => ({ condition: JSON.stringify({ version: 1, where }) });
