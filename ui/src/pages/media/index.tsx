/** Media files: what people hear. */
import { ActionIcon, Tooltip } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Download, Music, Play, Volume2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { linkTo } from "~/api/http";
import { media as noun } from "~/api/nouns";
import { keyOf, ListPage } from "~/kit/ListPage";
import { type Playing, PlayerBar } from "~/kit/player";
import { instantOf, sizeOf } from "~/kit/times";
import { DropZone } from "./DropZone";

export function MediaFiles() {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const [playing, setPlaying] = useState<(Playing & { id: string }) | null>(null);
  const linkOf = (id: string | undefined, what: "stream" | "download") => linkTo(`/storage/media/{id}/${what}`, { id: id ?? "" });
  const play = (id: string, name: string) => setPlaying(playing?.id === id ? null : { id, name, src: linkOf(id, "stream") });
  return (
    <ListPage
        title={t("media.all")}
        icon={Music}
        noun={noun}
        strip={<DropZone onDone={() => void client.invalidateQueries({ queryKey: keyOf(noun) })} />}
        columns={[
          { key: "name", title: t("name"), render: (row) => row.name },
          { key: "created_at", title: t("media.created"), render: (row) => instantOf(row.created_at, i18n.language) },
          { key: "mime_type", title: t("media.format"), render: (row) => formatOf(row.name, row.mime_type) },
          { key: "size", title: t("media.size"), align: "right", render: (row) => sizeOf(Number(row.size ?? 0), i18n.language) },
        ]}
        rowActions={(row) => (
          <>
            <Tooltip label={t("media.play")}>
              <ActionIcon aria-label={t("media.playNamed", { name: row.name })} aria-pressed={playing?.id === row.id} onClick={() => play(row.id ?? "", row.name ?? "")}>
                {playing?.id === row.id ? <Volume2 size={17} /> : <Play size={17} />}
              </ActionIcon>
            </Tooltip>
            <Tooltip label={t("media.download")}>
              <ActionIcon component="a" href={linkOf(row.id, "download")} aria-label={t("media.downloadNamed", { name: row.name })}>
                <Download size={16} />
              </ActionIcon>
            </Tooltip>
          </>
        )}
        emptyText={t("media.empty")}
        foot={<PlayerBar playing={playing} onClose={() => setPlaying(null)} />}
    />
  );
}

function formatOf(name = "", mime = ""): string {
  const ending = /\.(\w+)$/.exec(name)?.[1] ?? mime.split("/")[1];
  return ending ? ending.toUpperCase() : "–";
}
