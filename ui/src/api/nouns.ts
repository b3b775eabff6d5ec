/** The nouns of the service, each with its collection. */
import { noun } from "./noun";

export const calendars = noun("/calendars");
export const communicationTypes = noun("/call_center/communication_type");
export const gateways = noun("/sip/gateways");
export const groups = noun("/call_center/resource_group");
export const lists = noun("/call_center/list");
export const media = noun("/storage/media");
export const queues = noun("/call_center/queues");
export const resources = noun("/call_center/resources");
export const schemas = noun("/routing/schema");
export const users = noun("/users");

export const displaysOf = (resource: string) => noun("/call_center/resources/{parent}/display", { parent: resource });
export const groupMembersOf = (group: string) => noun("/call_center/resource_group/{parent}/resource", { parent: group });
export const numbersOf = (list: string) => noun("/call_center/list/{parent}/communication", { parent: list });
export const membersOf = (queue: string) => noun("/call_center/queues/{parent}/members", { parent: queue });
export const queueGroupsOf = (queue: string) => noun("/call_center/queues/{parent}/resource_groups", { parent: queue });
