import { queryOptions } from "@tanstack/react-query";
import { api, data } from "@/api/client";
import type { components } from "@/api/schema";

/** How the shop grades and groups its customers. */
export const rfmQuery = queryOptions({
  queryKey: ["rfm"],
  queryFn: ({ signal }) => data(api.GET("/api/v1/rfm", { signal })),
});

export const saveRFM = (draft: components["schemas"]["RFMDraft"]) => data(api.PUT("/api/v1/rfm", { body: draft }));
