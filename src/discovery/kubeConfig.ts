/** In a module of its own, so that a bundle leaves out the rest of the client. */
export { KubeConfig } from "@kubernetes/client-node";
