/** The flow editor: opens a record, or a template, as a drawing. */
import { Alert, Box, Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { ReactFlowProvider } from "@xyflow/react";
import { useTranslation } from "react-i18next";
import { schemas as noun } from "~/api/nouns";
import { recordKey } from "~/kit/RecordPage";
import { textOf } from "~/kit/say";
import { useCatalogue } from "../language";
import { templateOf } from "../templates";
import { decompile } from "./checking";
import { type Drawing, empty, isDrawing } from "./drawing";
import { Editor } from "./Editor";

export type Row = Awaited<ReturnType<typeof noun.get>>;

export function FlowEditor() {
  const { t } = useTranslation();
  const { id = "new", type = "voice" } = useParams({ strict: false }) as { id?: string; type?: string };
  const search = useSearch({ strict: false }) as { template?: string; call?: string };
  const catalogue = useCatalogue();
  const isNew = id === "new";
  const found = useQuery({ queryKey: recordKey(noun, id), queryFn: ({ signal }) => noun.get(id, signal), enabled: !isNew, refetchOnWindowFocus: false });
  const row = isNew ? undefined : found.data;
  const drawn = useQuery({
    queryKey: ["drawing", id, isNew ? search.template : row?.updated_at],
    queryFn: () => drawingOf(row, search.template),
    enabled: isNew || row !== undefined,
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const error = found.error ?? drawn.error;
  if (error) {
    return (
      <Box className="page">
        <Alert color="red">{textOf(error)}</Alert>
      </Box>
    );
  }
  if (!catalogue || !drawn.data) return <Loader m="xl" aria-label={t("loading")} />;
  return (
    <ReactFlowProvider key={id}>
      <Editor row={row} type={row?.type ?? type} first={drawn.data} catalogue={catalogue} call={search.call ?? ""} />
    </ReactFlowProvider>
  );
}

/** Its own drawing; for what was written as code or in another editor, one that the service makes. */
async function drawingOf(row: Row | undefined, template: string | undefined): Promise<Drawing> {
  if (row) return isDrawing(row.payload) ? row.payload : decompile((row.schema ?? []) as unknown[], row.payload ?? undefined);
  const start = templateOf(template);
  return start ? decompile(start.schema) : empty();
}
