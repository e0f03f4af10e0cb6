import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactElement } from "react";
import { theme } from "@/ui/theme";

/** Renders with what every component finds around it in the app. */
export function show(element: ReactElement) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrap = (inner: ReactElement) => (
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={client}>{inner}</QueryClientProvider>
    </MantineProvider>
  );
  const shown = render(wrap(element));
  return { ...shown, again: (next: ReactElement) => shown.rerender(wrap(next)) };
}
