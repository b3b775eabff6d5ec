/** The two-level menu: sections and their pages, at the paths where Webitel has them. */
import {
  BookUser, CalendarClock, History, Inbox, KeyRound, Library, ListX, type LucideIcon, Music, Network, PhoneCall, Route,
  ScrollText, Settings2, Tags, Users, Waypoints, Boxes, Layers, Cable,
} from "lucide-react";

export interface PageLink {
  /** Its text is `nav.<key>`. */
  key: string;
  path: string;
  icon: LucideIcon;
}
export interface Section {
  key: string;
  path: string;
  icon: LucideIcon;
  pages: PageLink[];
}

export const sections: Section[] = [
  {
    key: "contactCenter", path: "/contact-center", icon: PhoneCall,
    pages: [
      { key: "queues", path: "/contact-center/queues", icon: Inbox },
      { key: "resources", path: "/contact-center/resources", icon: Cable },
      { key: "resourceGroups", path: "/contact-center/resource-groups", icon: Layers },
    ],
  },
  {
    key: "routing", path: "/routing", icon: Route,
    pages: [
      { key: "flows", path: "/routing/flow", icon: Waypoints },
      { key: "gateways", path: "/routing/gateways", icon: Network },
    ],
  },
  {
    key: "lookups", path: "/lookups", icon: Library,
    pages: [
      { key: "media", path: "/lookups/media", icon: Music },
      { key: "calendars", path: "/lookups/calendars", icon: CalendarClock },
      { key: "communications", path: "/lookups/communications", icon: Tags },
      { key: "lists", path: "/lookups/blacklist", icon: ListX },
      { key: "buckets", path: "/lookups/buckets", icon: Boxes },
    ],
  },
  { key: "calls", path: "/history", icon: History, pages: [{ key: "history", path: "/history", icon: History }] },
  {
    key: "system", path: "/system", icon: Settings2,
    pages: [
      { key: "changelogs", path: "/system/changelogs", icon: ScrollText },
      { key: "variables", path: "/system/global-variables", icon: BookUser },
    ],
  },
  {
    key: "permissions", path: "/permissions", icon: KeyRound,
    pages: [
      { key: "users", path: "/permissions/users", icon: Users },
      { key: "roles", path: "/permissions/roles", icon: KeyRound },
    ],
  },
];
