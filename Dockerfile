FROM python:3.13-slim AS build
WORKDIR /src
COPY . .
# hadolint takes the environment for a package.
# hadolint ignore=DL3013
RUN python -m venv --without-pip /opt/kraken-mock \
    && pip --python /opt/kraken-mock install --no-cache-dir '.[redis]'

FROM python:3.13-slim
LABEL org.opencontainers.image.title="kraken-mock" \
      org.opencontainers.image.description="A local Kraken for tests: BalanceEx, TradeBalance and Futures accounts"
COPY --from=build /opt/kraken-mock /opt/kraken-mock
# In the environment, so that `docker run IMAGE serve --strict` keeps them.
ENV PATH="/opt/kraken-mock/bin:$PATH" \
    KRAKEN_MOCK_SERVE_HOST="0.0.0.0" \
    KRAKEN_MOCK_SERVE_PORT="5725"
USER 10001:10001
WORKDIR /data
EXPOSE 5725
STOPSIGNAL SIGTERM
# 401: it runs with a token that is not in the environment, so it printed one at start.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --start-interval=1s CMD ["python", "-c", "\
import http.client, os, sys; \
fake = http.client.HTTPConnection('127.0.0.1', int(os.environ['KRAKEN_MOCK_SERVE_PORT']), timeout=2); \
token = os.environ.get('KRAKEN_MOCK_SERVE_CONTROL_TOKEN', ''); \
fake.request('GET', '/_mock/health', headers={'Authorization': 'Bearer ' + token}); \
sys.exit(fake.getresponse().status not in (200, 401))"]
ENTRYPOINT ["kraken-mock"]
CMD ["serve"]
