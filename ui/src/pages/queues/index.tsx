/** Outbound IVR queues: the list, with the state of each, and why one that should ring does not. */
import { ActionIcon, Badge, Group, MultiSelect, Popover, Switch, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { CirclePause, Gauge, Inbox, UsersRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { request } from "~/api/http";
import type { Link } from "~/api/noun";
import { queues as noun } from "~/api/nouns";
import { ask } from "~/kit/confirm";
import { keyOf, ListPage, NameLink } from "~/kit/ListPage";
import { StateSwitch } from "~/kit/StateSwitch";
import { useListState } from "~/kit/useListState";
import { PATH } from "./form";

export { Queue } from "./form";

const LIVE_MS = 5000;
const FIELDS = [
  "id", "name", "type", "enabled", "priority", "count", "waiting", "active", "tags", "resource_groups", "resources", "why_idle",
];

export function QueueList() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <ListPage
      title={t("queues.all")}
      icon={Inbox}
      noun={noun}
      fields={FIELDS}
      filtersOf={(filters) => ({ tags: filters["tags"] })}
      columns={[
        {
          key: "name",
          title: t("name"),
          render: (row) => (
            <Group gap={6} wrap="nowrap">
              <NameLink to={`${PATH}/${row.id}`}>{row.name}</NameLink>
              {row.enabled && row.why_idle && <WhyIdle text={row.why_idle} />}
            </Group>
          ),
        },
        { key: "active", title: t("queues.active"), align: "right", sort: false, render: (row) => row.active ?? 0 },
        { key: "waiting", title: t("queues.waiting"), align: "right", sort: false, render: (row) => (row.waiting ?? 0).toLocaleString() },
        { key: "count", title: t("queues.members"), align: "right", sort: false, render: (row) => (row.count ?? 0).toLocaleString() },
        { key: "priority", title: t("queues.priority"), align: "right", render: (row) => row.priority ?? 0 },
        { key: "tags", title: t("queues.tags"), sort: false, render: (row) => <Tags tags={row.tags ?? []} /> },
        { key: "enabled", title: t("state"), render: (row) => <StateSwitch noun={noun} row={row} on={row.enabled ?? false} /> },
        { key: "resource_groups", title: t("nav.resourceGroups"), sort: false, render: (row) => <Several links={row.resource_groups ?? []} /> },
        { key: "resources", title: t("nav.resources"), sort: false, render: (row) => <Several links={row.resources ?? []} /> },
      ]}
      rowActions={(row) => (
        <>
          <Tooltip label={t("board.title")}>
            <ActionIcon aria-label={t("board.titleOf", { name: row.name })} onClick={() => void navigate({ to: `${PATH}/${row.id}/board` })}>
              <Gauge size={16} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={t("queues.toMembers")}>
            <ActionIcon aria-label={t("queues.membersOf", { name: row.name })} onClick={() => void navigate({ to: `${PATH}/${row.id}/members` })}>
              <UsersRound size={16} />
            </ActionIcon>
          </Tooltip>
        </>
      )}
      path={PATH}
      emptyText={t("queues.empty")}
      toolbar={<Filters />}
      refetchMs={LIVE_MS}
    />
  );
}

function WhyIdle({ text }: { text: string }) {
  return (
    <Tooltip label={text} multiline maw={360} events={{ hover: true, focus: true, touch: true }}>
      <Badge size="sm" variant="light" color="yellow" tabIndex={0} aria-label={text} leftSection={<CirclePause size={11} />} maw={220} tt="none">
        {text}
      </Badge>
    </Tooltip>
  );
}

function Tags({ tags }: { tags: { name?: string }[] }) {
  return (
    <Group gap={4} wrap="nowrap">
      {tags.map((tag) => (
        <Badge key={tag.name} variant="light" color="gray" tt="none">
          {tag.name}
        </Badge>
      ))}
    </Group>
  );
}

/** The first one, and how many more there are. */
function Several({ links }: { links: Link[] }) {
  const [first, ...rest] = links;
  if (!first) return null;
  return (
    <Group gap={6} wrap="nowrap">
      <Text size="sm" truncate maw={150}>
        {first.name}
      </Text>
      {rest.length > 0 && (
        <Popover withArrow shadow="md">
          <Popover.Target>
            <UnstyledButton fz="xs" c="dimmed">
              +{rest.length}
            </UnstyledButton>
          </Popover.Target>
          <Popover.Dropdown>
            {rest.map((link) => (
              <Text key={link.id} size="sm">
                {link.name}
              </Text>
            ))}
          </Popover.Dropdown>
        </Popover>
      )}
    </Group>
  );
}

function Filters() {
  const { t } = useTranslation();
  const [state, change] = useListState();
  const tags = useQuery({ queryKey: ["queues", "tags"], queryFn: ({ signal }) => request("get", "/call_center/queues/tags", { query: { size: 500 }, signal }) });
  const chosen = state.filters["tags"] ?? [];
  const names = (tags.data?.items ?? []).flatMap((tag) => (tag.name ? [tag.name] : []));
  return (
    <>
      <MultiSelect
        aria-label={t("queues.tags")}
        placeholder={t("queues.tags")}
        data={names}
        value={Array.isArray(chosen) ? chosen : [chosen]}
        onChange={(value) => change({ filters: value.length ? { ...state.filters, tags: value } : {} })}
        clearable
        searchable
        w={220}
      />
      <EverySwitch />
    </>
  );
}

/** Switches every queue that the list has found, after saying how many there are. */
function EverySwitch() {
  const { t } = useTranslation();
  const [state] = useListState();
  const client = useQueryClient();
  const query = { q: state.q && `*${state.q}*`, tags: state.filters["tags"] };
  const found = useQuery({ queryKey: [...keyOf(noun), "state", query], queryFn: ({ signal }) => request("get", "/call_center/queues/state", { query, signal }) });
  const on = found.data?.is_all_enabled ?? false;
  const count = found.data?.potential_rows ?? 0;
  const turn = () =>
    ask({
      title: t("queues.every.title"),
      text: t(on ? "queues.every.off" : "queues.every.on", { count }),
      confirm: t(on ? "queues.every.yesOff" : "queues.every.yesOn"),
      run: async () => {
        const body = { enabled: !on, ...query } as { enabled: boolean };
        await request("patch", "/call_center/queues/state", { body });
        await client.invalidateQueries({ queryKey: keyOf(noun) });
      },
    });
  return <Switch label={t("queues.every.label")} checked={on} disabled={count === 0} onChange={turn} />;
}
