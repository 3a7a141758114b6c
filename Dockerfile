# Build: docker build -t firstlane .      Run: docker compose up -d (docker-compose.yml)

FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /app
COPY requirements.txt requirements-build.txt ./
# The build tools live beside the application's environment and stay behind in this stage.
RUN /app/bin/python -m pip install --require-hashes -r requirements.txt \
 && python -m pip install --require-hashes -r requirements-build.txt
COPY pyproject.toml README.md LICENSE connections.yaml ./
COPY runbooks runbooks
COPY bot bot
COPY slack_standin slack_standin
COPY estate_sim estate_sim
RUN python -m hatchling build -t wheel -d /dist \
 && /app/bin/python -m pip install --no-index --no-deps /dist/*.whl

FROM python:3.13-slim-bookworm
RUN groupadd --system --gid 10001 firstlane \
 && useradd --system --uid 10001 --gid firstlane --home-dir /var/lib/firstlane --create-home firstlane
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    FIRSTLANE_CATALOGUE=/etc/firstlane/connections.yaml \
    FIRSTLANE_STATE=/var/lib/firstlane \
    FIRSTLANE_HTTP=0.0.0.0:8080
USER firstlane
WORKDIR /var/lib/firstlane
VOLUME /var/lib/firstlane
EXPOSE 8080
# The image has no curl; a process that answers is healthy, whether it is ready is /readyz.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8080, timeout=4); c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["firstlane"]
CMD ["run"]
