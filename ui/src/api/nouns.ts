/** The nouns of the service, each with its collection. */
import { noun, restorable } from "./noun";

export const buckets = restorable("/call_center/buckets");
export const calendars = restorable("/calendars");
export const communicationTypes = restorable("/call_center/communication_type");
export const gateways = restorable("/sip/gateways");
export const groups = restorable("/call_center/resource_group");
export const lists = restorable("/call_center/list");
export const media = restorable("/storage/media");
export const queues = restorable("/call_center/queues");
export const resources = restorable("/call_center/resources");
export const roles = noun("/roles");
export const schemas = restorable("/routing/schema");
export const users = noun("/users");
export const variables = restorable("/routing/schema/variables");

export const displaysOf = (resource: string) => restorable("/call_center/resources/{parent}/display", { parent: resource });
export const groupMembersOf = (group: string) => restorable("/call_center/resource_group/{parent}/resource", { parent: group });
export const numbersOf = (list: string) => restorable("/call_center/list/{parent}/communication", { parent: list });
export const membersOf = (queue: string) => restorable("/call_center/queues/{parent}/members", { parent: queue });
export const queueGroupsOf = (queue: string) => noun("/call_center/queues/{parent}/resource_groups", { parent: queue });
export const queueBucketsOf = (queue: string) => restorable("/call_center/queues/{parent}/buckets", { parent: queue });
export const hooksOf = (queue: string) => restorable("/call_center/queues/{parent}/hooks", { parent: queue });
