/** Time zones as a lookup: the service lists them like records. */
import type { ReactNode } from "react";
import { request } from "~/api/http";
import type { Link, Noun } from "~/api/noun";
import { Lookup } from "~/kit/Lookup";

const never = () => Promise.reject(new Error("Time zones are only listed."));

const zones: Noun<Link> = {
  path: "/calendars/timezones",
  async list(query, signal) {
    const found = await request("get", "/calendars/timezones", { query: { ...query, fields: undefined }, signal });
    return { items: found.items ?? [], next: found.next ?? false };
  },
  get: never,
  create: never,
  replace: never,
  patch: never,
  remove: never,
};

interface Props {
  label: ReactNode;
  value?: Link;
  onChange?: (value: Link) => void;
  error?: ReactNode;
  required?: boolean;
}

export function ZoneLookup(props: Props) {
  return <Lookup {...props} noun={zones} />;
}
