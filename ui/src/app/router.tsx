/** Every address of the site. Pages load when they are first opened. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { Broken, Lost } from "./Lost";
import { Shell } from "./Shell";

type Search = Record<string, unknown>;
type Module = Record<string, unknown>;

const root = createRootRoute({ component: Shell, notFoundComponent: Lost, errorComponent: Broken, validateSearch: (search: Search) => search });

/** `name` is the page's component in the module. */
function page(path: string, load: () => Promise<Module>, name: string) {
  return createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load as never, name as never) });
}

/** A list, and its records one level below with their tabs. */
function record(path: string, load: () => Promise<Module>, noun: string) {
  return [page(path, load, `${noun}List`), page(`${path}/$id`, load, noun), page(`${path}/$id/$tab`, load, noun)];
}

const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/start" });
  },
});

const routes = [
  start,
  page("/start", () => import("~/pages/start"), "Start"),
  ...record("/lookups/communications", () => import("~/pages/communications"), "CommunicationType"),
  ...record("/lookups/buckets", () => import("~/pages/buckets"), "Bucket"),
  ...record("/permissions/users", () => import("~/pages/users"), "User"),
  ...record("/permissions/roles", () => import("~/pages/roles"), "Role"),
  page("/system/changelogs", () => import("~/pages/changelogs"), "ChangeLogs"),
  page("/system/global-variables", () => import("~/pages/variables"), "GlobalVariables"),
  page("/account", () => import("~/pages/account"), "Account"),
  page("/lookups/media", () => import("~/pages/media"), "MediaFiles"),
  ...record("/contact-center/queues", () => import("~/pages/queues"), "Queue"),
  page("/contact-center/queues/$id/board", () => import("~/pages/board"), "QueueBoard"),
  page("/contact-center/queues/$queue/members", () => import("~/pages/members"), "MemberList"),
  page("/contact-center/queues/$queue/members/$id", () => import("~/pages/members"), "Member"),
  page("/contact-center/queues/$queue/members/$id/$tab", () => import("~/pages/members"), "Member"),
  page("/history", () => import("~/pages/history"), "CallHistory"),
  page("/history/$id", () => import("~/pages/history"), "CallPage"),
  page("/history/$id/$tab", () => import("~/pages/history"), "CallPage"),
  ...record("/lookups/blacklist", () => import("~/pages/lists"), "StopList"),
  ...record("/routing/flow", () => import("~/pages/flows"), "Flow"),
  page("/flow/$id/$type", () => import("~/pages/flows/editor"), "FlowEditor"),
  ...record("/routing/gateways", () => import("~/pages/gateways"), "Gateway"),
  ...record("/contact-center/resources", () => import("~/pages/resources"), "Resource"),
  ...record("/contact-center/resource-groups", () => import("~/pages/groups"), "ResourceGroup"),
  ...record("/lookups/calendars", () => import("~/pages/calendars"), "Calendar"),
];

export const router = createRouter({ routeTree: root.addChildren(routes), defaultPreload: "intent", scrollRestoration: true });
