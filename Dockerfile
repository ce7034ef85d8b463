# Three small images from the same make targets as everywhere else.
#   docker build --target web -t vagvisaren-web .      docker build --target rasa -t vagvisaren-rasa .
# Rasa and the action server run on Ubuntu 22.04's Python 3.10, which is still patched; the public
# face runs on a Python that has a future.

FROM ubuntu:22.04 AS rasa
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates make python3.10 python3.10-venv \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/vagvisaren
COPY requirements requirements
COPY deploy deploy
COPY Makefile ./
RUN make .venv/rasa/.ready
COPY config.yml domain.yml endpoints.yml credentials.yml ./
COPY data data
COPY bot bot
COPY actions actions
RUN make train && useradd --system --uid 10001 --no-create-home vagvisaren \
    && install -d -o vagvisaren var
ENV RASA_TELEMETRY_ENABLED=false PYTHONWARNINGS=ignore TF_CPP_MIN_LOG_LEVEL=3 HOME=/tmp MPLCONFIGDIR=/tmp
USER 10001
# Reached by the gateway alone: compose.yaml publishes no port of it.
CMD [".venv/rasa/bin/python", "-m", "rasa", "run", "--quiet", "--model", "models/vagvisaren.tar.gz", "--interface", "0.0.0.0", "--port", "5005"]

FROM rasa AS actions
CMD [".venv/rasa/bin/python", "-m", "rasa_sdk", "--quiet", "--actions", "actions", "--port", "5055"]

FROM python:3.13-slim AS web
RUN apt-get update \
    && apt-get install --yes --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/vagvisaren
COPY requirements requirements
COPY deploy deploy
COPY Makefile ./
ENV WEB_PYTHON=3.13
RUN make .venv/web/.ready
COPY data data
COPY bot bot
RUN useradd --system --uid 10001 --no-create-home vagvisaren && install -d -o vagvisaren var
USER 10001
# The desk in public needs DESK=on with an OpenID provider (.env.example).
ENV WEB_HOST=0.0.0.0 DESK=off
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD [".venv/web/bin/python", "-c", "import httpx; httpx.get('http://127.0.0.1:8000/livez').raise_for_status()"]
CMD [".venv/web/bin/python", "-m", "bot.web"]
