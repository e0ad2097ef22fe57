# scanpix in a container: docs/install.md tells how it is meant to be run. Nothing here needs Node or a compiler.

FROM python:3.11-slim AS build
# Another index with a smaller build of torch (without CUDA), for machines without a graphics card.
ARG TORCH_INDEX=""
RUN python -m venv /opt/venv
WORKDIR /build
COPY requirements.txt requirements-nodeps.txt ./
RUN /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
        ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} -r requirements.txt \
    && /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
        --no-deps -r requirements-nodeps.txt

FROM python:3.11-slim
# Who scanpix runs as: it must be able to read the photos and to write the data folder.
ARG PUID=1000
ARG PGID=1000
RUN groupadd --non-unique --gid "$PGID" scanpix \
    && useradd --non-unique --uid "$PUID" --gid "$PGID" --no-create-home --home-dir /data scanpix \
    && install --directory --owner scanpix --group scanpix --mode 0700 /data
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY manage.py LICENSE ./
COPY scanpix/ scanpix/
COPY media_index/ media_index/
COPY people/ people/
COPY templates/ templates/
COPY static/ static/
ENV PATH="/opt/venv/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    SCANPIX_DATA=/data \
    SCANPIX_BIND=0.0.0.0
USER scanpix
EXPOSE 8000
# The first start prepares the bundled models and, on a small machine, takes minutes.
HEALTHCHECK --interval=30s --timeout=10s --start-period=10m --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ.get('SCANPIX_PORT', '8000') + '/health/', timeout=8)"]
ENTRYPOINT ["python", "manage.py"]
CMD ["serve"]
