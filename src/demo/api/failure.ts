/** An answer that is not a success, with the words of the API's `Status` object. */
export class ApiFailure extends Error {
  readonly code: number;
  readonly reason: string;
  constructor(code: number, reason: string, message: string) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}

/** The body of a failure, also the object of a watch's `ERROR` event. */
export function statusOf({ code, reason, message }: ApiFailure) {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code };
}

export const badRequest = (message: string) => new ApiFailure(400, "BadRequest", message);
export const unauthorized = () => new ApiFailure(401, "Unauthorized", "Unauthorized");
export const notFound = (resource: string, name: string) =>
  new ApiFailure(404, "NotFound", `${resource} "${name}" not found`);
export const conflict = (reason: "AlreadyExists" | "Conflict", message: string) =>
  new ApiFailure(409, reason, message);
export const gone = () =>
  new ApiFailure(410, "Expired", "too old resource version: its changes are no longer known");
