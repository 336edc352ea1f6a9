import type { Reason } from "../probes/probe.ts";
import type { Aspect, Facts } from "./facts.ts";
import type { ComponentKind, Layer } from "./finding.ts";

/** What the readings look like when a cause is at work; what is absent in a signature may be anything. */
export interface Signature {
  /** The finding's `cause`, and its section's name in the runbook. */
  readonly slug: string;
  /** What is wrong, as the end of a sentence that begins with the component. */
  readonly says: string;
  readonly components: readonly ComponentKind[];
  readonly layers?: readonly Layer[];
  /** Those of them that were tested must have failed, wholly or partly, and at least one was. */
  readonly fails?: readonly Aspect[];
  /** Those of them that were tested must have succeeded. */
  readonly succeeds?: readonly Aspect[];
  /** Most failures have one of these reasons. */
  readonly reasons?: readonly (Reason | "resent")[];
  readonly direction?: Facts["direction"];
  /** Whether the node's own agent reports. */
  readonly silent?: boolean;
  /** The share that is lost, at least and at most. */
  readonly loss?: { readonly from?: number; readonly to?: number };
  /** Lookups took multiples of 5 s. */
  readonly slowLookups?: true;
  /** Its own evidence of being slow, not of failures. */
  readonly latency?: true;
  readonly checkNext: readonly string[];
}

/** The one cause that is told by how long tests take. */
export const slowCause = "latency_raised";

const nodes = ["node", "in", "out"] as const;
const timeouts = [
  "connect_timeout",
  "connect_unreachable",
  "response_timeout",
  "lost",
  "dns_timeout",
] as const;
const partial = { to: 0.9 } as const;
const packetLoss = [
  "On the node: ip -s link; ethtool -S DEVICE, for drops and errors",
  "The switch port and cable of the node, and its queues",
];

/** The catalogue of `shared/reference/diagnosis.md`, 4.5, as far as the probes can tell; the one that fits in most points wins. */
export const signatures: readonly Signature[] = [
  {
    slug: "node_down",
    says: "is down or cut off: nothing reaches it, and it reports nothing",
    components: ["node"],
    fails: ["agent", "node_address"],
    silent: true,
    loss: { from: 0.5 },
    checkNext: [
      "kubectl get node NODE; kubectl describe node NODE: Ready, and its Lease's age",
      "The machine's console or the cloud's view of it",
    ],
  },
  {
    slug: "agent_down",
    says: "is reached, but its kubenurse does not answer",
    components: ["node", "overlay"],
    succeeds: ["node_address"],
    reasons: ["connect_refused", "response_timeout", "body_stall", "reset"],
    silent: true,
    checkNext: [
      "kubectl get pods -o wide --field-selector spec.nodeName=NODE: restarts and state of the kubenurse pod",
      "kubectl logs POD --previous",
    ],
  },
  {
    slug: "overlay_broken",
    says: "is reached by its own address, but its pods are not",
    components: ["overlay", "pair"],
    layers: ["pod"],
    fails: ["agent"],
    succeeds: ["node_address"],
    reasons: timeouts,
    checkNext: [
      "The CNI's pod on the node: its logs, and whether it restarted",
      "Forwarding entries: bridge fdb show; ip neigh; ip route, on the node and on one that can't reach it",
      "Whether the tunnel's port (VXLAN 8472 or 4789, WireGuard 51820) is open between the nodes",
    ],
  },
  {
    slug: "unreachable_from_others",
    says: "can't be connected to, though it can connect to others",
    components: ["in"],
    loss: { from: 0.5 },
    reasons: timeouts,
    silent: false,
    checkNext: [
      "Policies and firewall rules that deny what comes in: kubectl get networkpolicy -A; iptables -L FORWARD -v on the node",
      "The listen queue of the agent: nstat -az TcpExtListenDrops in the pod",
    ],
  },
  {
    slug: "can_not_reach_others",
    says: "can't connect to others, though others can connect to it",
    components: ["out"],
    layers: ["any", "pod"],
    loss: { from: 0.5 },
    reasons: timeouts,
    checkNext: [
      "Policies and firewall rules that deny what goes out: kubectl get networkpolicy -A; iptables -L FORWARD -v on the node",
      "Connection tracking on the node: sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max",
    ],
  },
  {
    slug: "connections_rejected",
    says: "has its connections rejected at once",
    components: [...nodes, "pair", "zones"],
    reasons: ["connect_refused", "connect_unreachable"],
    silent: false,
    checkNext: [
      "Rules that reject: iptables -L FORWARD -v | grep REJECT on the node; kubectl get networkpolicy -A",
    ],
  },
  {
    slug: "packet_loss_out",
    says: "loses packets that leave it",
    components: ["node"],
    layers: ["any", "pod"],
    direction: "out",
    loss: partial,
    checkNext: packetLoss,
  },
  {
    slug: "packet_loss_in",
    says: "loses packets that arrive at it",
    components: ["node"],
    layers: ["any", "pod"],
    direction: "in",
    loss: partial,
    checkNext: packetLoss,
  },
  {
    slug: "packet_loss",
    says: "loses packets",
    components: ["node", "overlay", "in", "out", "pair"],
    layers: ["any", "pod"],
    loss: partial,
    checkNext: packetLoss,
  },
  {
    slug: "mtu_black_hole_out",
    says: "loses large packets that leave it, while small ones pass",
    components: ["node", "pair", "zones"],
    layers: ["large"],
    direction: "out",
    checkNext: [
      "ping -M do -s 1422 from a pod there and up and down from it; compare with the MTU of the pod's interface",
      "Whether ICMP 'fragmentation needed' is blocked; an overlay's interface needs 50 bytes less (VXLAN) or 60 (WireGuard)",
    ],
  },
  {
    slug: "mtu_black_hole_in",
    says: "loses large packets on their way to it, while small ones pass",
    components: ["node", "pair", "zones"],
    layers: ["large"],
    direction: "in",
    checkNext: [
      "ping -M do -s 1422 to a pod there and up and down from it; compare with the MTU of the pod's interface",
      "Whether ICMP 'fragmentation needed' is blocked; an overlay's interface needs 50 bytes less (VXLAN) or 60 (WireGuard)",
    ],
  },
  {
    slug: "mtu_black_hole",
    says: "loses large packets both ways, while small ones pass",
    components: ["node", "pair", "zones"],
    layers: ["large"],
    checkNext: [
      "The MTU of the node's and the pods' interfaces: ip link, on a node that is well and on this one",
    ],
  },
  {
    slug: "udp_blocked",
    says: "loses UDP, while TCP passes",
    components: ["node", "pair", "zones"],
    layers: ["udp"],
    succeeds: ["agent"],
    checkNext: ["Rules on UDP: iptables-save | grep udp on the node; the cloud's security groups"],
  },
  {
    slug: "conntrack_full",
    says: "loses new connections of all kinds at random, while kept ones go on",
    components: ["node", "out"],
    fails: ["agent", "dns_service"],
    succeeds: ["service_kept"],
    // Of a train of datagrams the first one decides, so that none is lost in part.
    direction: "unknown",
    loss: { to: 0.8 },
    reasons: ["resent", "connect_timeout", "dns_timeout"],
    checkNext: [
      "dmesg | grep nf_conntrack on the node, for 'table full'",
      "sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max on the node",
    ],
  },
  {
    slug: "neighbour_table_full",
    says: "has no place for more neighbours, so that random nodes are unreachable",
    components: ["out", "node"],
    reasons: ["connect_unreachable"],
    loss: { to: 0.8 },
    checkNext: [
      "dmesg | grep 'neighbor table overflow' on the node; sysctl net.ipv4.neigh.default.gc_thresh3",
    ],
  },
  {
    slug: "accept_queue_full",
    says: "is slow to accept connections, while datagrams pass",
    components: ["in"],
    succeeds: ["datagrams"],
    reasons: ["resent", "connect_timeout"],
    loss: { to: 0.9 },
    silent: false,
    checkNext: ["nstat -az TcpExtListenOverflows TcpExtListenDrops in the agent's pod; the CPU it gets"],
  },
  {
    slug: "zone_link_down",
    says: "is cut",
    components: ["zones"],
    layers: ["any"],
    loss: { from: 0.9 },
    checkNext: ["The provider's status of the zones; routes and firewalls between them"],
  },
  {
    slug: "zone_link_loss",
    says: "loses packets",
    components: ["zones"],
    layers: ["any"],
    loss: partial,
    checkNext: ["The provider's status of the zones; the load of the links between them"],
  },
  {
    slug: "link_member_bad",
    says: "loses all packets of some connections and none of others, as a bad member of a bundle of links does",
    components: ["zones", "pair"],
    layers: ["any"],
    reasons: ["connect_timeout"],
    loss: partial,
    checkNext: ["mtr --tcp with several source ports between two nodes; the links of the bundle one by one"],
  },
  {
    slug: "pair_cut",
    says: "is cut, while both ends reach others",
    components: ["pair"],
    loss: { from: 0.9 },
    checkNext: [
      "Routes, neighbours and tunnel entries for each other on both nodes: ip route get; ip neigh; bridge fdb show",
      "Rules that name one of the two addresses",
    ],
  },
  {
    slug: "stale_service_rules",
    says: "does not lead Services to all of their endpoints",
    components: ["proxy"],
    layers: ["any"],
    fails: ["service"],
    succeeds: ["agent"],
    checkNext: [
      "kube-proxy on the node (or what replaces it): whether it runs, its logs, kubeproxy_sync_proxy_rules_last_timestamp_seconds",
      "iptables-save | grep kubenurse on the node: endpoints against kubectl get endpointslices",
    ],
  },
  {
    slug: "service_rules_gone",
    says: "does not lead Services anywhere",
    components: ["proxy"],
    layers: ["any"],
    fails: ["service", "dns_service", "api_service"],
    loss: { from: 0.9 },
    checkNext: ["kube-proxy on the node (or what replaces it): whether it runs, and its logs"],
  },
  {
    slug: "snat_port_race",
    says: "loses the first packet of a few translated connections",
    components: ["proxy"],
    layers: ["any"],
    succeeds: ["agent"],
    reasons: ["resent"],
    loss: { to: 0.1 },
    checkNext: ["conntrack -S on the node itself, for insert_failed; whether rules have --random-fully"],
  },
  {
    slug: "service_udp_broken",
    says: "does not lead UDP to Services",
    components: ["proxy"],
    layers: ["udp"],
    checkNext: ["conntrack -L -p udp --dport 53 on the node; rules for UDP: iptables-save | grep udp"],
  },
  {
    slug: "stale_udp_conntrack",
    says: "still sends UDP from known ports to an endpoint that is gone",
    components: ["proxy"],
    layers: ["kept_port"],
    succeeds: ["dns_service"],
    checkNext: [
      "conntrack -L -p udp on the node, for entries to addresses of no pod; conntrack -D to delete them",
    ],
  },
  {
    slug: "dns_pod_dead",
    says: "does not answer",
    components: ["dns"],
    layers: ["any"],
    loss: { from: 0.5 },
    checkNext: [
      "kubectl -n kube-system get pod POD -o wide; kubectl -n kube-system logs POD",
      "Whether other pods on its node are reached",
    ],
  },
  {
    slug: "dns_pod_unwell",
    says: "leaves some questions without an answer",
    components: ["dns"],
    layers: ["any"],
    loss: partial,
    checkNext: ["kubectl -n kube-system logs POD; the CPU and memory it gets; its forwarders"],
  },
  {
    slug: "dns_over_tcp_blocked",
    says: "does not answer DNS over TCP, while UDP passes",
    components: ["dns", "cluster_dns", "nodelocaldns", ...nodes],
    layers: ["dns_tcp"],
    checkNext: [
      "Policies and security groups that allow 53/UDP and not 53/TCP",
      "Large answers fail until it is open",
    ],
  },
  {
    slug: "dns_over_udp_blocked",
    says: "does not answer DNS over UDP, while TCP passes",
    components: ["dns", "cluster_dns", "nodelocaldns", ...nodes],
    layers: ["dns_udp"],
    checkNext: [
      "Policies and security groups that allow 53/TCP and not 53/UDP; conntrack -L -p udp --dport 53",
    ],
  },
  {
    slug: "dns_5s_race",
    says: "has lookups that wait 5 s for an answer that was lost",
    components: ["cluster_dns", "nodelocaldns", "proxy"],
    succeeds: ["dns_pod_udp"],
    slowLookups: true,
    checkNext: [
      "conntrack -S on the node itself, for insert_failed: two queries from one port race",
      "A node-local DNS cache, or 'options single-request-reopen' in resolv.conf",
    ],
  },
  {
    slug: "cluster_dns_down",
    says: "does not answer",
    components: ["cluster_dns"],
    layers: ["any"],
    checkNext: [
      "kubectl -n kube-system get pods -l k8s-app=kube-dns; their logs",
      "A change of policies or of CoreDNS's settings",
    ],
  },
  {
    slug: "upstream_dns_failing",
    says: "fails, while the cluster's own names are resolved",
    components: ["external_dns"],
    checkNext: [
      "The forwarders in CoreDNS's settings, asked from its node: dig @FORWARDER NAME",
      "The provider's limit of DNS packets a second (1,024 on AWS)",
    ],
  },
  {
    slug: "node_resolver_failing",
    says: "has a resolver of its own that fails",
    components: ["nodelocaldns"],
    layers: ["any"],
    checkNext: ["The node-local DNS pod on the node: kubectl -n kube-system get pods -o wide; its logs"],
  },
  {
    slug: "ingress_failing",
    says: "does not answer",
    components: ["ingress"],
    checkNext: ["The pods of the ingress controller, and the load balancer in front of them"],
  },
  {
    slug: "ingress_backend_failing",
    says: "answers with errors",
    components: ["ingress"],
    reasons: ["http_status"],
    checkNext: ["The ingress controller's logs for the path of kubenurse: upstream errors; its endpoints"],
  },
  {
    slug: "api_server_down",
    says: "does not answer",
    components: ["apiserver"],
    loss: { from: 0.5 },
    checkNext: [
      "The API server's pod and its node; kubectl get --raw /readyz?verbose",
      "etcd, as its logs show it",
    ],
  },
  {
    slug: "api_server_unwell",
    says: "fails now and then",
    components: ["apiserver"],
    loss: partial,
    checkNext: ["kubectl get --raw /readyz?verbose; the API server's logs and its load"],
  },
  {
    slug: "endpoint_not_programmed",
    says: "is an endpoint to which the Service leads from nowhere",
    components: ["endpoint"],
    reasons: ["endpoint_unreached"],
    checkNext: ["kubectl get endpointslices -l kubernetes.io/service-name=kubenurse; kube-proxy's logs"],
  },
  {
    slug: "target_failing",
    says: "fails from everywhere",
    components: ["endpoint"],
    checkNext: ["The target of the check itself: the settings file names its address"],
  },
  {
    slug: "certificate_or_clock",
    says: "has no TLS connection that holds",
    components: [...nodes, "endpoint", "apiserver", "ingress"],
    reasons: ["tls_error"],
    checkNext: ["The certificate's end (kubenurse_certificate_end_seconds), and the node's clock"],
  },
  {
    slug: "connections_reset",
    says: "has connections reset in their middle",
    components: [...nodes, "proxy", "zones", "pair"],
    reasons: ["reset"],
    checkNext: ["Packets that connection tracking calls invalid: conntrack -S, invalid, on the node itself"],
  },
  {
    slug: "agent_unfit",
    says: "has a kubenurse that is throttled, stalled or can't reach itself: its readings say nothing of the network",
    components: ["agent"],
    checkNext: ["The CPU limit of the kubenurse pod, and the load of the node: kubectl top"],
  },
  {
    slug: slowCause,
    says: "is far slower than before",
    components: [
      ...nodes,
      "zones",
      "pair",
      "dns",
      "cluster_dns",
      "ingress",
      "apiserver",
      "endpoint",
      "proxy",
    ],
    latency: true,
    checkNext: ["The load of the node and its links: softirq time, throttled pods, queues"],
  },
];
