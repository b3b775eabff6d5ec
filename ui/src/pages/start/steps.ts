/** What is missing to make the first call, in the order in which it is made. */

export interface Facts {
  media: number;
  flows: number;
  gateways: number;
  resources: { enabled?: boolean }[];
  groups: number;
  calendars: number;
  queues: { id?: string; enabled?: boolean; count?: number }[];
}

export interface Step {
  /** Its text is `start.steps.<key>`. */
  key: string;
  path: string;
  done: boolean;
}

export function stepsOf(facts: Facts): Step[] {
  const queue = facts.queues.find((one) => (one.count ?? 0) > 0) ?? facts.queues[0];
  const members = queue?.id ? `/contact-center/queues/${queue.id}/members` : "/contact-center/queues";
  return [
    { key: "media", path: "/lookups/media", done: facts.media > 0 },
    { key: "flow", path: "/routing/flow", done: facts.flows > 0 },
    { key: "gateway", path: "/routing/gateways", done: facts.gateways > 0 },
    { key: "resource", path: "/contact-center/resources", done: facts.resources.length > 0 },
    { key: "resourceOn", path: "/contact-center/resources", done: facts.resources.some((one) => one.enabled) },
    { key: "group", path: "/contact-center/resource-groups", done: facts.groups > 0 },
    { key: "calendar", path: "/lookups/calendars", done: facts.calendars > 0 },
    { key: "queue", path: "/contact-center/queues", done: facts.queues.length > 0 },
    { key: "members", path: members, done: facts.queues.some((one) => (one.count ?? 0) > 0) },
    { key: "queueOn", path: "/contact-center/queues", done: facts.queues.some((one) => one.enabled) },
  ];
}
