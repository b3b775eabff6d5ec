/** SIP gateways: trunks that we register with, and trunks that know us by our address. */
import { Badge, Modal, SimpleGrid, Text, UnstyledButton } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { KeyRound, Network } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { gateways as noun } from "~/api/nouns";
import { ListPage, nameColumn } from "~/kit/ListPage";
import { StateSwitch } from "~/kit/StateSwitch";
import { PATH } from "./form";
import classes from "./gateways.module.css";

export { Gateway } from "./form";

const STATUS_MS = 5000;

export function GatewayList() {
  const { t } = useTranslation();
  const [choosing, setChoosing] = useState(false);
  return (
    <>
      <ListPage
        title={t("gateways.all")}
        icon={Network}
        noun={noun}
        columns={[
          nameColumn(t("name"), PATH),
          { key: "proxy", title: t("gateways.proxy"), render: (row) => row.proxy },
          { key: "enable", title: t("state"), render: (row) => <StateSwitch noun={noun} row={row} field="enable" on={row.enable ?? false} /> },
          { key: "r_state", title: t("gateways.status"), sort: false, render: (row) => <Status register={row.register ?? false} state={row.r_state ?? 0} /> },
        ]}
        path={PATH}
        add={() => setChoosing(true)}
        emptyText={t("gateways.empty")}
        refetchMs={STATUS_MS}
      />
      <Modal opened={choosing} onClose={() => setChoosing(false)} title={t("gateways.new")} size="lg">
        <Kinds />
      </Modal>
    </>
  );
}

/** 3 is registered, 4 and more have failed, the rest is on the way. */
function Status({ register, state }: { register: boolean; state: number }) {
  const { t } = useTranslation();
  if (!register) {
    return (
      <Text size="sm" c="dimmed">
        {t("gateways.byAddress")}
      </Text>
    );
  }
  const [word, color] = state === 3 ? ["success", "green"] : state >= 4 ? ["failed", "red"] : state === 2 ? ["trying", "yellow"] : ["none", "gray"];
  return (
    <Badge variant="dot" color={color} tt="none">
      {t(`gateways.states.${word}`)}
    </Badge>
  );
}

function Kinds() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const kinds = [
    { key: "reg", icon: KeyRound },
    { key: "trunk", icon: Network },
  ];
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      {kinds.map((kind) => (
        <UnstyledButton key={kind.key} className={classes["kind"]} onClick={() => void navigate({ to: "/routing/gateways/new", search: { type: kind.key } as never })}>
          <kind.icon size={26} aria-hidden />
          <Text fw={600} mt="xs">
            {t(`gateways.kinds.${kind.key}`)}
          </Text>
          <Text size="sm" c="dimmed">
            {t(`gateways.kindHints.${kind.key}`)}
          </Text>
        </UnstyledButton>
      ))}
    </SimpleGrid>
  );
}
