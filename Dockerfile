# One image for web, worker, beat and migrate; the command says which.
FROM python:3.11-slim-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements/s3.txt /tmp/requirements.txt
# The runtime set and the driver for S3-compatible media; every one is a ready-made wheel, so no compiler.
RUN /opt/venv/bin/pip install --require-hashes --only-binary :all: -r /tmp/requirements.txt

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    VAR_DIR=/app/var
RUN useradd --system --uid 10001 --user-group --home-dir /app --shell /usr/sbin/nologin network
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY . .
# The key signs nothing: it is there because settings ask for one, and it stays out of the image's environment.
# The media folder is made here, with its owner, so that a new volume mounted over it belongs to the application.
RUN SECRET_KEY=only-to-collect-static-files python manage.py collectstatic --noinput \
    && python -m compileall -q . \
    && install -d -o network -g network var/media
USER network
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=40s --retries=3 CMD ["python", "docker/check_web.py"]
# gthread: a slow reader holds a thread, not a process. The heartbeat file lives in memory, the rest is read-only.
CMD ["sh", "-c", "exec gunicorn network.wsgi:application --bind 0.0.0.0:8000 --worker-class gthread --workers \"${WEB_WORKERS:-2}\" --threads \"${WEB_THREADS:-4}\" --worker-tmp-dir /dev/shm --no-control-socket --max-requests 5000 --max-requests-jitter 500 --graceful-timeout 30"]
