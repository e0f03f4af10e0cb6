import { useMutation, useQueryClient, type QueryKey } from "@tanstack/react-query";
import { failed, told } from "./toast";

interface Act<In, Out> {
  run: (input: In) => Promise<Out>;
  /** What to say afterwards. */
  done?: string | ((out: Out, input: In) => string);
  /** What is old afterwards. */
  stale?: QueryKey[];
  then?: (out: Out, input: In) => void;
  /** What to do when it fails. */
  failed?: (error: unknown) => void;
  /** Whether the place itself shows what failed. */
  quiet?: boolean;
}

/** Something a user does: it runs, reports, and renews what it changed. */
export function useAct<In = void, Out = unknown>({ run, done, stale = [], then, failed: afterwards, quiet }: Act<In, Out>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: async (out, input) => {
      await Promise.all(stale.map((queryKey) => client.invalidateQueries({ queryKey })));
      if (done) told(typeof done === "string" ? done : done(out, input));
      then?.(out, input);
    },
    onError: (error) => {
      afterwards?.(error);
      if (!quiet) failed(error);
    },
  });
}
