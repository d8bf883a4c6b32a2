# The example gateway. It runs as a user without a name, writes no file, and needs no writable folder.
#
#   docker build --tag scopegate-gateway .
#   docker run --read-only --publish 8080:8080 --volume ./gateway.yaml:/etc/scopegate/gateway.yaml:ro scopegate-gateway
#
# The file must have `listen: { host: 0.0.0.0 }`: the loopback address of a container cannot be reached from outside.

ARG NODE_IMAGE=node:20-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
# Dependencies first: they are installed again only if these files change.
COPY package.json package-lock.json .npmrc ./
COPY example-gateway/package.json example-gateway/package.json
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
COPY example-gateway example-gateway
COPY deploy/healthcheck.mjs deploy/healthcheck.mjs
RUN npm run build
RUN npm prune --omit=dev
RUN chmod -R a+rX /app && chmod 755 dist/cli/main.js

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json package.json
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/example-gateway/package.json example-gateway/package.json
COPY --from=build /app/example-gateway/bin example-gateway/bin
COPY --from=build /app/example-gateway/dist example-gateway/dist
COPY --from=build /app/deploy/healthcheck.mjs deploy/healthcheck.mjs
# The command for operators: docker exec CONTAINER scopegate doctor --config /etc/scopegate/gateway.yaml
RUN ln -s /app/dist/cli/main.js /usr/local/bin/scopegate
USER 65532:65532
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 CMD ["node", "/app/deploy/healthcheck.mjs"]
# Node is process 1, so it gets the signals itself.
ENTRYPOINT ["node", "/app/example-gateway/dist/main.js"]
CMD ["--config", "/etc/scopegate/gateway.yaml"]
