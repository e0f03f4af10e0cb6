import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode, useEffect } from "react";
import { createRoot } from "react-dom/client";
import { onRecovered } from "@/api/connection";
import { Problem } from "@/api/problem";
import { sessionQuery, type Session } from "@/api/session";
import { currentLanguage, firstLanguage, setLanguage, startTexts } from "@/locale";
import { lightOnPaper, schemeManager, schemeOf } from "@/shell/look";
import { cssVariables, theme } from "@/ui/theme";
import { fetchPage, makeRouter, prefetchPages } from "./router";
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@/ui/base.css";

const textsThere = startTexts(firstLanguage());

/** Takes over what the user chose, whenever somebody signs in. */
function follow(session: Session): void {
  const { language, theme: chosen } = session.user;
  localStorage.setItem("language", language);
  void textsThere.then(() => (language === currentLanguage() ? undefined : setLanguage(language)));
  if (localStorage.getItem("scheme") !== schemeOf(chosen)) {
    schemeManager.set(schemeOf(chosen));
    globalThis.dispatchEvent(new Event("scheme"));
  }
}

const client = new QueryClient({
  queryCache: new QueryCache({
    onSuccess: (data, query) => {
      if (query.queryKey[0] === "session" && query.queryKey.length === 1 && data) follow(data as Session);
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What the server refused will be refused again; what did not reach it may.
      retry: (count, error) => count < 2 && error instanceof Problem && (error.status === 503 || error.status === 429),
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});
lightOnPaper();
onRecovered(() => void client.invalidateQueries());
const router = makeRouter(client);
// Together with the texts, not after them. Whatever fails here is asked again when the page needs it.
void client.query({ ...sessionQuery, staleTime: "static" }).catch(() => undefined);
fetchPage(router);
const unwatch = router.subscribe("onRendered", () => {
  if (!client.getQueryData(sessionQuery.queryKey)) return;
  unwatch();
  setTimeout(() => void prefetchPages(), 1000);
});

function App() {
  useEffect(() => client.getQueryCache().subscribe((event) => {
    // A session that came with an answer instead of a query.
    if (event.type === "updated" && event.query.queryHash === JSON.stringify(sessionQuery.queryKey) && event.action.type === "success" && event.action.manual) {
      const session = event.query.state.data as Session | null;
      if (session) follow(session);
    }
  }), []);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} colorSchemeManager={schemeManager} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <Notifications position="bottom-right" limit={4} />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}

const place = document.getElementById("root");
if (!place) throw new Error("the page has no root");
void textsThere.then(() =>
  createRoot(place).render(
    <StrictMode>
      <App />
    </StrictMode>,
  ),
);
