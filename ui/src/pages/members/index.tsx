/** Members of a queue: the people to ring. */
import { ActionIcon, Badge, Breadcrumbs, Button, Group, Menu, MultiSelect, NumberInput, Popover, Table, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { DatePickerInput } from "@mantine/dates";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ListRestart, Trash2, UsersRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { type Query, request } from "~/api/http";
import type { Row } from "~/api/noun";
import { membersOf, queues } from "~/api/nouns";
import { ask, askToDelete } from "~/kit/confirm";
import { keyOf, ListPage, NameLink } from "~/kit/ListPage";
import { recordKey } from "~/kit/RecordPage";
import { sayDone, sayFailed } from "~/kit/say";
import { instantOf } from "~/kit/times";
import { type ListState, useListState } from "~/kit/useListState";

export { Member } from "./form";

type Person = Row<"/call_center/queues/{parent}/members">;
type Chosen = ListState["filters"];

const CAUSES = ["success", "abandoned", "failed", "missed", "timeout", "cancel", "expired", "canceled_by_timeout", "terminate", "no_communications"];
const DAY_MS = 86_400_000;
const FIELDS = ["id", "name", "created_at", "min_offering_at", "communications", "priority", "stop_cause", "attempts", "reserved"];

export const membersPath = (queue: string) => `/contact-center/queues/${queue}/members`;

/** The filters of the address as the service's; the same for the list, a reset and a delete. */
export function queryOf(filters: Chosen): Query {
  return {
    stop_cause: filters["cause"],
    "created_at.from": filters["from"],
    "created_at.to": filters["to"],
    "priority.from": filters["priority"],
  };
}

/** The same filters as a body. */
export function selectionOf(filters: Chosen, q: string): object {
  const cause = filters["cause"];
  const span = { from: filters["from"] ?? "0", to: filters["to"] ?? "0" };
  return {
    ...(q ? { q: `*${q}*` } : {}),
    ...(cause ? { stop_cause: [cause].flat() } : {}),
    ...(filters["from"] || filters["to"] ? { created_at: span } : {}),
    ...(filters["priority"] ? { priority: { from: filters["priority"] } } : {}),
  };
}

export function useQueueName(queue: string): string {
  const found = useQuery({ queryKey: recordKey(queues, queue), queryFn: ({ signal }) => queues.get(queue, signal) });
  return found.data?.name ?? "";
}

export function MemberList() {
  const { queue = "" } = useParams({ strict: false });
  const { t, i18n } = useTranslation();
  const noun = membersOf(queue);
  const name = useQueueName(queue);
  const path = membersPath(queue);
  return (
    <ListPage
      title={t("members.all")}
      icon={UsersRound}
      noun={noun}
      fields={FIELDS}
      filtersOf={queryOf}
      above={
        <Breadcrumbs mb={4} fz="sm">
          <Link to="/contact-center/queues" className="quiet">
            {t("nav.queues")}
          </Link>
          <Link to={`/contact-center/queues/${queue}`} className="quiet">
            {name}
          </Link>
        </Breadcrumbs>
      }
      columns={[
        { key: "name", title: t("name"), render: (row) => <NameLink to={`${path}/${row.id}`}>{row.name || t("members.unnamed")}</NameLink> },
        { key: "communications", title: t("members.destinations"), sort: false, render: (row) => <Numbers numbers={row.communications ?? []} /> },
        { key: "created_at", title: t("members.created"), render: (row) => instantOf(row.created_at, i18n.language) },
        { key: "min_offering_at", title: t("members.offeringAt"), render: (row) => instantOf(row.min_offering_at, i18n.language) },
        { key: "priority", title: t("queues.priority"), align: "right", render: (row) => row.priority ?? 0 },
        { key: "stop_cause", title: t("members.endCause"), render: (row) => <Cause member={row} /> },
        { key: "attempts", title: t("members.attempts"), align: "right", render: (row) => row.attempts ?? 0 },
      ]}
      path={path}
      emptyText={t("members.empty")}
      strip={<Filters />}
      toolbar={<Whole queue={queue} />}
    />
  );
}

function Cause({ member }: { member: Person }) {
  const { t } = useTranslation();
  if (member.reserved) {
    return (
      <Badge variant="light" tt="none">
        {t("members.inCall")}
      </Badge>
    );
  }
  if (!member.stop_cause) return <Text size="sm" c="dimmed">{t("members.waiting")}</Text>;
  return (
    <Badge variant="dot" tt="none" color={member.stop_cause === "success" ? "green" : "yellow"}>
      {t(`members.causes.${member.stop_cause}`, { defaultValue: member.stop_cause })}
    </Badge>
  );
}

/** The first number, and the others behind a chip. */
function Numbers({ numbers }: { numbers: NonNullable<Person["communications"]> }) {
  const { t } = useTranslation();
  const [first, ...rest] = numbers;
  return (
    <Group gap={6} wrap="nowrap">
      <span>{first?.destination}</span>
      {rest.length > 0 && (
        <Popover withArrow shadow="md">
          <Popover.Target>
            <UnstyledButton fz="xs" c="dimmed" aria-label={t("members.more", { count: rest.length })}>
              +{rest.length}
            </UnstyledButton>
          </Popover.Target>
          <Popover.Dropdown>
            <Table>
              <Table.Tbody>
                {numbers.map((one, at) => (
                  <Table.Tr key={at}>
                    <Table.Td>{one.destination}</Table.Td>
                    <Table.Td>{one.type?.name}</Table.Td>
                    <Table.Td>{one.priority ?? 0}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Popover.Dropdown>
        </Popover>
      )}
    </Group>
  );
}

function Filters() {
  const { t } = useTranslation();
  const [{ filters }, change] = useListState();
  const set = (name: string, value: string | string[] | undefined) => {
    const { [name]: _, ...rest } = filters;
    change({ filters: value?.length ? { ...rest, [name]: value } : rest });
  };
  const day = (name: string, end: boolean) => (value: string | null) => set(name, value ? String(new Date(value).getTime() + (end ? DAY_MS - 1 : 0)) : undefined);
  const shown = (name: string) => (filters[name] ? new Date(Number(filters[name])) : null);
  return (
    <Group gap="xs" mb="sm" align="end">
      <DatePickerInput w={150} clearable label={t("members.from")} value={shown("from")} onChange={day("from", false)} />
      <DatePickerInput w={150} clearable label={t("members.to")} value={shown("to")} onChange={day("to", true)} />
      <MultiSelect w={260} clearable label={t("members.endCause")} data={CAUSES.map((value) => ({ value, label: t(`members.causes.${value}`) }))} value={[filters["cause"] ?? []].flat()} onChange={(value) => set("cause", value)} />
      <NumberInput w={120} label={t("members.priorityFrom")} value={filters["priority"] ? Number(filters["priority"]) : ""} onChange={(value) => set("priority", value === "" ? undefined : String(value))} />
    </Group>
  );
}

/** What is done to everybody that the filters find: counted first, then asked. */
function Whole({ queue }: { queue: string }) {
  const { t } = useTranslation();
  const [{ filters, q }] = useListState();
  const client = useQueryClient();
  const noun = membersOf(queue);
  const filtered = Boolean(q) || Object.keys(filters).length > 0;
  const again = () => client.invalidateQueries({ queryKey: keyOf(noun) });
  const reset = async () => {
    try {
      const query = { ...queryOf(filters), q: q && `*${q}*` };
      const found = await request("get", "/call_center/queues/{parent}/members/reset/count", { params: { parent: queue }, query });
      const count = Number((found as { count?: string }).count ?? 0);
      if (count === 0) return sayDone(t("members.nothingToReset"));
      ask({
        title: t("members.reset"),
        text: t("members.resetText", { count }),
        confirm: t("members.resetYes"),
        run: async () => {
          await request("patch", "/call_center/queues/{parent}/members/reset", { params: { parent: queue }, body: selectionOf(filters, q) });
          await again();
          sayDone(t("members.resetDone", { count }));
        },
      });
    } catch (error) {
      sayFailed(error);
    }
  };
  const remove = async (all: boolean) => {
    const selection = all ? {} : selectionOf(filters, q);
    const count = await countOf(queue, all ? {} : { ...queryOf(filters), q: q && `*${q}*` });
    askToDelete(count, async () => {
      await request("delete", "/call_center/queues/{parent}/members", { params: { parent: queue }, body: { ...selection, without_members: true } as never });
      await again();
    });
  };
  return (
    <>
      <Tooltip label={t("members.reset")}>
        <ActionIcon size="lg" aria-label={t("members.reset")} onClick={() => void reset()}>
          <ListRestart size={18} />
        </ActionIcon>
      </Tooltip>
      <Menu>
        <Menu.Target>
          <Button variant="subtle" color="gray" leftSection={<Trash2 size={16} />}>
            {t("list.delete")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void remove(true).catch(sayFailed)}>{t("members.deleteAll")}</Menu.Item>
          <Menu.Item disabled={!filtered} onClick={() => void remove(false).catch(sayFailed)}>
            {t("members.deleteFiltered")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

const MOST = 20_000;

/** How many there are; the wire has no totals, so a queue's own count serves, or the ids that the filters find. */
async function countOf(queue: string, query: Query): Promise<number> {
  if (Object.values(query).every((value) => !value)) return Number((await queues.get(queue)).count ?? 0);
  const found = await membersOf(queue).list({ ...query, fields: ["id"], size: MOST });
  return found.items.length;
}
