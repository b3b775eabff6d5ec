/** Sheets of a drawing that has several. */
import { SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useEditor } from "./store";

export function Pages() {
  const { t } = useTranslation();
  const pages = useEditor((state) => state.history.now.pages);
  const page = useEditor((state) => state.page);
  if (!pages || pages.length === 0) return null;
  const data = [{ value: "", label: t("flows.firstPage") }, ...pages.map((one) => ({ value: one.id, label: one.name || one.id }))];
  return <SegmentedControl style={{ position: "absolute", bottom: 12, left: 64, zIndex: 5 }} size="xs" aria-label={t("flows.pages")} data={data} value={page} onChange={useEditor.getState().setPage} />;
}
