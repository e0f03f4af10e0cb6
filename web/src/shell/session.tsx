import { useMantineColorScheme } from "@mantine/core";
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { api, data } from "@/api/client";
import { may, sessionQuery, type Right, type Session, type Theme } from "@/api/session";
import { setLanguage } from "@/locale";
import type { Language } from "@/ui/format";
import { failed } from "@/ui/toast";
import { schemeOf } from "./look";

/** Who is signed in. Only below the frame, which is not shown to others. */
export function useSession(): Session {
  const { data } = useSuspenseQuery(sessionQuery);
  if (!data) throw new Error("nobody is signed in");
  return data;
}

export const useMay = (right: Right): boolean => may(useSession(), right);

/** Language and theme: at once here, and kept with the user. */
export function usePreferences(): { language: (to: Language) => void; theme: (to: Theme) => void } {
  const client = useQueryClient();
  const { setColorScheme } = useMantineColorScheme();
  const keep = useCallback(
    async (change: { language?: Language; theme?: Theme }) => {
      if (!client.getQueryData(sessionQuery.queryKey)) return;
      try {
        client.setQueryData(sessionQuery.queryKey, await data(api.PATCH("/api/v1/session", { body: change })));
      } catch (error) {
        failed(error);
      }
    },
    [client],
  );
  return {
    language: (to) => {
      localStorage.setItem("language", to);
      void setLanguage(to).then(async () => {
        await keep({ language: to });
        // The server's own texts (reasons, problems) come in the language of the request.
        await client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "session" });
      });
    },
    theme: (to) => {
      setColorScheme(schemeOf(to));
      void keep({ theme: to });
    },
  };
}
