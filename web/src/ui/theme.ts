import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

/** 藍: the colour of what can be pressed. */
const ai: MantineColorsTuple = [
  "#eef5f8", "#d9e8ee", "#b3d2de", "#89b9cb", "#62a1b9", "#3f88a4", "#28718f", "#1b5e7b", "#154d66", "#0f3c51",
];

/** 朱: the seal, and what cannot be taken back. */
const shu: MantineColorsTuple = [
  "#fdf0ec", "#f9dcd4", "#f0b5a7", "#e78c77", "#dd674d", "#d14e33", "#c03f27", "#a5341f", "#87291a", "#6b2014",
];

/** Greys with a little of paper in them. */
const gray: MantineColorsTuple = [
  "#f8f7f4", "#f0eee9", "#e4e1da", "#d3cfc6", "#b5b0a5", "#8f8a7f", "#69655c", "#4d4a43", "#33312c", "#201f1b",
];

const dark: MantineColorsTuple = [
  "#e4e2dc", "#c4c1b9", "#a09d95", "#75726b", "#4a4843", "#36342f", "#292824", "#201f1c", "#191816", "#12110f",
];

export const theme = createTheme({
  primaryColor: "ai",
  primaryShade: { light: 7, dark: 6 },
  colors: { ai, shu, gray, dark },
  white: "#fffefc",
  black: "#1f1e1a",
  fontFamily: "var(--font)",
  fontFamilyMonospace: "var(--font-mono)",
  headings: { fontFamily: "var(--font)", fontWeight: "650" },
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.25rem" },
  lineHeights: { xs: "1.5", sm: "1.6", md: "1.65", lg: "1.65", xl: "1.5" },
  spacing: { xs: "0.5rem", sm: "0.75rem", md: "1rem", lg: "1.5rem", xl: "2rem" },
  defaultRadius: "5px",
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: "sm" } },
    TextInput: { defaultProps: { size: "sm" } },
    PasswordInput: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "sm", comboboxProps: { shadow: "md" } } },
    MultiSelect: { defaultProps: { size: "sm", comboboxProps: { shadow: "md" } } },
    Textarea: { defaultProps: { size: "sm" } },
    Checkbox: { defaultProps: { size: "sm" } },
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.35 }, transitionProps: { duration: 120 } } },
    Drawer: { defaultProps: { overlayProps: { backgroundOpacity: 0.25 }, transitionProps: { duration: 150 } } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true } },
    Badge: { defaultProps: { variant: "light", radius: "sm", tt: "none" } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
    Menu: { defaultProps: { shadow: "md" } },
    Anchor: { defaultProps: { underline: "hover" } },
  },
});

/** What Mantine calls by its own names, in our tones. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#fffefc",
    "--mantine-color-text": "#24221e",
    "--mantine-color-dimmed": "#696458",
    "--mantine-color-placeholder": "#7b7669",
    "--mantine-color-default-border": "#ddd9d0",
    "--mantine-color-error": "#b3341c",
    "--mantine-color-anchor": "#1b5e7b",
  },
  dark: {
    "--mantine-color-body": "#1d1c19",
    "--mantine-color-text": "#e4e2dc",
    "--mantine-color-dimmed": "#a39f95",
    "--mantine-color-placeholder": "#928e84",
    "--mantine-color-default": "#24231f",
    "--mantine-color-default-hover": "#2c2b26",
    "--mantine-color-default-border": "#3b3933",
    "--mantine-color-error": "#f0937d",
    "--mantine-color-anchor": "#89b9cb",
  },
});
