/** The flow language as the service declares it, asked for once. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { request } from "~/api/http";
import { type Application, type Catalogue, catalogueOf } from "./editor/catalogue";

export function useCatalogue(): Catalogue | null {
  const found = useQuery({ queryKey: ["applications"], queryFn: ({ signal }) => request("get", "/flow/applications", { signal }), staleTime: Infinity });
  return useMemo(() => (found.data ? catalogueOf((found.data as unknown as { applications: Application[] }).applications) : null), [found.data]);
}

export function useJsonSchema(): object | null {
  const found = useQuery({ queryKey: ["json-schema"], queryFn: ({ signal }) => request("get", "/flow/schema.json", { signal }), staleTime: Infinity });
  return (found.data as object | undefined) ?? null;
}
