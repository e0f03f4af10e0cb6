import { useQuery } from "@tanstack/react-query";
import { use } from "react";
import { useText } from "@/locale";
import { blankTest, without, type AnswerLeaf, type NamedLeaf } from "../model/condition";
import { fieldChoices } from "../model/choices";
import { questionsQuery } from "../queries";
import type { Field, Source } from "../types";
import { ScopeContext, useBuilder, type LeafProps, type Scope } from "./context";
import { Picker } from "./picker";
import { Says } from "./says";
import { TestInput, WindowInput } from "./test";
import css from "./builder.module.css";

/** A trait or feature of the person, or a property of what is selected. */
export function NamedEditor({ leaf, set, wrong }: LeafProps<NamedLeaf>) {
  const { t } = useText();
  const { schema } = useBuilder();
  const scope = use(ScopeContext);
  const fields = leaf.type === "property" ? (scope?.fields ?? []) : leaf.type === "trait" ? schema.traits : schema.features;
  const field = fields.find((one) => one.name === leaf.name);
  const title = field?.title ?? leaf.name;
  const pick = (name: string) => {
    const next = fields.find((one) => one.name === name);
    if (next && name !== leaf.name) set({ ...leaf, name, is: next.type === field?.type ? leaf.is : blankTest(next.type) });
  };
  return (
    <div className={css.sentence}>
      <Says
        text="segments.say_value"
        slots={{
          subject: <Picker label={t("segments.which_field")} groups={[{ title: t(`segments.fields_${leaf.type}`), choices: fieldChoices(fields) }]} value={{ id: leaf.name, title }} wrong={wrong("name")} onPick={(choice) => pick(choice.id)} />,
          test: <TestInput subject={title} type={field?.type ?? typeOf(leaf)} test={leaf.is} unit={field?.unit ?? ""} source={sourceOf(leaf, scope)} choices={field?.choices} wrong={wrong("is")} onChange={(is, at) => set({ ...leaf, is }, at && `is ${at}`)} />,
        }}
      />
    </div>
  );
}

/** Where values of a leaf come from. */
function sourceOf({ type, name }: NamedLeaf, scope: Scope | undefined): Source | undefined {
  if (type !== "property") return { kind: type, name };
  if (!scope) return undefined;
  return scope.of === "order" ? { kind: "order", name } : { kind: "property", name, of: scope.of };
}

/** The type of a value whose field is not there, as far as its test tells. */
function typeOf(leaf: NamedLeaf): Field["type"] {
  const { op } = leaf.is;
  if (["at_least", "at_most", "equals", "more_than", "less_than", "between"].includes(op)) return "number";
  if (op === "includes") return "texts";
  if (op === "is_true" || op === "is_false") return "boolean";
  return ["one_of", "contains", "begins_with", "ends_with", "known"].includes(op) ? "text" : "time";
}

/** The latest answer to a survey. */
export function AnswerEditor({ leaf, set, wrong }: LeafProps<AnswerLeaf>) {
  const { t } = useText();
  const { schema } = useBuilder();
  const { data: questions = [] } = useQuery(questionsQuery(leaf.survey));
  const survey = schema.surveys.find((one) => one.name === leaf.survey);
  const question = questions.find((one) => one.name === leaf.question);
  const asked = question ?? survey;
  const pickSurvey = (name: string) => set({ type: "answer", survey: name, ...(leaf.window ? { window: leaf.window } : {}), is: blankTest(schema.surveys.find((one) => one.name === name)?.type ?? "text") });
  const pickQuestion = (name: string) => {
    const type = (questions.find((one) => one.name === name) ?? survey)?.type ?? "text";
    set({ ...without(leaf, "question"), ...(name ? { question: name } : {}), is: type === asked?.type ? leaf.is : blankTest(type) });
  };
  const slots = {
    window: <WindowInput test={leaf.window} wrong={wrong("window")} onChange={(window, field) => set({ ...leaf, window }, field && `window ${field}`)} />,
    survey: <Picker label={t("segments.which_survey")} groups={[{ title: t("segments.group_answers"), choices: fieldChoices(schema.surveys) }]} value={{ id: leaf.survey, title: survey?.title ?? leaf.survey }} wrong={wrong("survey")} onPick={(choice) => pickSurvey(choice.id)} />,
    question:
      questions.length > 0 || leaf.question ? (
        <Picker
          label={t("segments.which_question")}
          groups={[{ title: t("segments.questions"), choices: [{ id: "", title: t("segments.question_only") }, ...fieldChoices(questions)] }]}
          value={{ id: leaf.question ?? "", title: question?.title ?? leaf.question ?? t("segments.question_only") }}
          wrong={wrong("question")}
          onPick={(choice) => pickQuestion(choice.id)}
        />
      ) : null,
    test: <TestInput subject={t("segments.answer")} type={asked?.type ?? "text"} test={leaf.is} unit={asked?.unit ?? ""} source={{ kind: "answer", name: leaf.survey, ...(leaf.question ? { of: leaf.question } : {}) }} wrong={wrong("is")} onChange={(is, field) => set({ ...leaf, is }, field && `is ${field}`)} />,
  };
  return (
    <div className={css.sentence}>
      <Says text="segments.say_answer" slots={slots} />
    </div>
  );
}
