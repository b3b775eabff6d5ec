/** Colours, sizes and the contrast that WCAG AA asks for, in one place. */
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const violet: MantineColorsTuple = [
  "#eef0fd", "#dadef9", "#b3b9f2", "#8a93ea", "#6a75e3", "#5762df", "#4d58dd", "#3f49c4", "#3640b0", "#2b359b",
];

export const theme = createTheme({
  primaryColor: "violet",
  primaryShade: { light: 7, dark: 5 },
  colors: { violet },
  defaultRadius: "md",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  headings: { fontWeight: "650" },
  cursorType: "pointer",
  components: {
    InputWrapper: { defaultProps: { inputWrapperOrder: ["label", "input", "description", "error"] } },
    Table: { defaultProps: { verticalSpacing: 7, horizontalSpacing: "sm" } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.45, blur: 2 } } },
  },
});

/** Mantine's own dimmed texts, placeholders and light badges are too faint in places. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#565e70",
    "--mantine-color-placeholder": "#656d80",
    "--mantine-color-teal-light-color": "#066649",
    "--outdial-paper": "#f5f6fa",
    "--outdial-line": "#e3e5ee",
    "--outdial-hover": "#f0f1f8",
  },
  dark: {
    "--mantine-color-anchor": "#a3abf5",
    "--mantine-color-dimmed": "#a3abbd",
    "--mantine-color-placeholder": "#98a0b3",
    "--mantine-color-body": "#171a24",
    "--outdial-paper": "#10121a",
    "--outdial-line": "#2a2e3e",
    "--outdial-hover": "#20243220",
  },
});
