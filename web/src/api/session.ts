import { queryOptions } from "@tanstack/react-query";
import { api, data, list } from "./client";
import { Problem } from "./problem";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Session = Schemas["Session"];
export type User = Schemas["User"];
export type Device = Schemas["OpenSession"];
export type View = Schemas["View"];
export type AuditEntry = Schemas["AuditEntry"];
export type UserLink = Schemas["UserLink"];
export type Role = User["role"];
export type Theme = User["theme"];

/** Roles, from the one with most rights. */
export const roles: readonly Role[] = ["admin", "marketer", "analyst", "sales", "viewer"];

/** A right, as keys and roles have them. */
export type Right = "collect:write" | "customers:read" | "customers:write" | "personal:read" | "data:read" | "data:write" | "admin";

/** The rights an API key can have; that of sending events is for the keys of sources. */
export const rights: readonly Right[] = ["customers:read", "customers:write", "personal:read", "data:read", "data:write", "admin"];

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async (): Promise<Session | null> => {
    try {
      return await data(api.GET("/api/v1/session"));
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 5 * 60_000,
});

export const setupQuery = queryOptions({ queryKey: ["setup"], queryFn: () => data(api.GET("/api/v1/setup")), staleTime: Infinity });

export function may(session: Session | null | undefined, right: Right): boolean {
  const own = list(session?.rights);
  return own.includes("admin") || own.includes(right);
}
