import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import globals from "globals";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["dist", "e2e/output", "src/api/schema.d.ts"] },
  js.configs.recommended,
  {
    files: ["src/**/*.{ts,tsx}"],
    extends: [...ts.configs.strictTypeChecked, ...ts.configs.stylisticTypeChecked],
    languageOptions: { globals: globals.browser, parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "react-hooks": hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      "max-lines": ["error", { max: 500 }],
      "no-console": "error",
      eqeqeq: "error",
      // Handlers are often async; React ignores what they return.
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      // Numbers in texts are common and safe.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // The router throws redirects and not-found, which are no errors.
      "@typescript-eslint/only-throw-error": "off",
      // A hostile name is text; nothing may become markup.
      "no-restricted-properties": ["error", { property: "innerHTML" }],
      "no-restricted-syntax": ["error", { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "Text stays text." }],
    },
  },
  { files: ["scripts/**", "e2e/**", "*.config.*", "dev/**"], extends: [ts.configs.recommended], languageOptions: { globals: globals.node } },
  { files: ["e2e/**"], languageOptions: { globals: { ...globals.node, ...globals.browser } } },
);
