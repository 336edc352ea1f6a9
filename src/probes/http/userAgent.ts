import { version } from "../../lib/version.ts";

/** How every request says who it comes from. */
export const userAgent = `kubenurse/${version}`;
