/** Movements by what they tell, each on the agent of the node `on`. */

/** No connection and no datagram comes through from one agent to another, or back. */
export const pairLost = (on: string, to: string) =>
  of(on, [
    `http path_${to} connect_timeout`,
    `udp ${to} lost`,
    `datagrams ${to} lost_unknown`,
    `payload ${to} connect_timeout`,
    "http mesh_rotation connect_timeout",
    "retry new_port failed",
    "syn kernel",
  ]);

/** The pair was tested again, by others and by the way of the nodes. */
export const pairRetried = (on: string) => of(on, ["retry *"]);

/** An attempt that is under way when the fault is made or healed sees a part of it. */
export const mayBeCutMidway = (on: string, to: string) =>
  of(on, [
    `datagrams ${to} lost_*`,
    `loss ${to} *`,
    `http path_${to} response_timeout`,
    "http mesh_rotation response_timeout",
    `payload ${to} *`,
  ]);

/** The agents' Service leads to one that is out of reach now and then. */
export const serviceLost = (on: string) => of(on, ["service me_service_address connect_timeout"]);
/** A SYN that is dropped on the own node leaves nothing behind there, so that the next one may be led to another endpoint. */
export const serviceSlow = (on: string) => of(on, ["slow service connect over 0.9 s", "syn inferred"]);
export const serviceMayBeLost = (on: string) =>
  of(on, ["http me_service *", "http me_service_kept *", "service me_service_address *"]);

export const ingressMayBeLost = (on: string) => of(on, ["http me_ingress *"]);

/** Kept connections break as well, so that what is followed at the API server stands still. */
export const apiServerLost = (on: string) =>
  of(on, [
    "http api_server_direct connect_timeout",
    "http api_server_endpoint_1 connect_timeout",
    "http api_server_kept *",
    "discovery stale",
  ]);

export const dnsPodLost = (on: string, pod: string) => [
  ...dnsPodLostByUdp(on, pod),
  ...dnsPodLostByTcp(on, pod),
];
export const dnsPodLostByUdp = (on: string, pod: string) => of(on, [`dns dns_pod_${pod}_udp dns_timeout`]);
export const dnsPodLostByTcp = (on: string, pod: string) =>
  of(on, [`dns dns_pod_${pod}_tcp connect_timeout`]);

/** The Service of DNS leads to a lost pod now and then; the resolver asks again, so that names are found late or not at all. */
export const namesMayBeLost = (on: string) =>
  of(on, [
    "dns dns_service_* *",
    "lookup lookup_internal* *",
    "http api_server_dns *",
    "http me_service *",
    "http me_ingress *",
    "slow lookup *",
    "slow http resolve *",
  ]);

/** What one lost packet does that is sent again. */
export const packetsSentAgain = (on: string) => of(on, ["syn *", "slow *"]);

function of(on: string, readings: readonly string[]): string[] {
  return readings.map((reading) => `${on}: ${reading}`);
}
