FROM node:24-trixie-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY scripts scripts
COPY src src
# The image's own Node: the one that package.json brings is not installed without scripts.
RUN ["/usr/local/bin/node", "scripts/bundle.ts"]

# No shell, no package manager; Node is /nodejs/bin/node, which the program's first line names.
FROM gcr.io/distroless/nodejs24-debian13:nonroot
COPY --from=build /build/dist/ /usr/local/
USER 65532:65532
EXPOSE 8080 8443
ENTRYPOINT ["/usr/local/bin/kubenurse"]
