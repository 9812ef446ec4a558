# The program alone, in an empty image, as a user that is nobody.
#
#   docker build -t alania .
#   docker run -p 18080:18080 -v alania:/var/lib/alania alania
FROM golang:1.26-bookworm AS build
WORKDIR /src
ENV CGO_ENABLED=0
COPY . .
ARG VERSION=dev
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
	go build -buildvcs=false -trimpath -gcflags=all=-dwarf=false -ldflags "-s -w -X main.version=$VERSION" -o /image/alania ./cmd/alania
RUN mkdir -p /image/var/lib/alania /image/etc/ssl/certs \
	&& cp /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ \
	&& chown -R 65532:65532 /image/var/lib/alania

FROM scratch
COPY --from=build --chown=0:0 /image/alania /alania
COPY --from=build --chown=0:0 /image/etc /etc
COPY --from=build --chown=65532:65532 /image/var /var
USER 65532:65532
WORKDIR /var/lib/alania
# The metrics are for who reaches the container, and not published with the API.
ENV ALANIA_DATABASE_URL=sqlite:///var/lib/alania/alania.db \
	ALANIA_OBJECTS_URL=file:///var/lib/alania/objects \
	ALANIA_MCP_ROOT=/var/lib/alania/mcp \
	ALANIA_METRICS_ADDR=:18081
VOLUME /var/lib/alania
EXPOSE 18080 18081
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s CMD ["/alania", "healthcheck"]
ENTRYPOINT ["/alania"]
CMD ["serve"]
