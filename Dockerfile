# One image for web, worker, beat, sweep and migrate; docker-compose.yml says which command each runs.

FROM node:22-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --silent
RUN sed '/^\/\*# sourceMappingURL=/d' node_modules/bootstrap/dist/css/bootstrap.min.css >bootstrap.min.css

FROM python:3.11-slim-trixie
# pg_dump, pg_restore and psql 17, for `manage.py backup` and `restore`: not older than the server of docker-compose.yml.
# A Chinese font, for notices and minutes on paper.
RUN apt-get update && apt-get install --yes --no-install-recommends fonts-noto-cjk postgresql-client && rm -rf /var/lib/apt/lists/*
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STATIC_ROOT=/srv/static MEDIA_ROOT=/srv/media
WORKDIR /app

COPY requirements/base.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/base.txt

COPY . .
COPY --from=assets /build/bootstrap.min.css static/vendor/
RUN pybabel --quiet compile --directory locale --domain django
# Demo mode only for this one step, which needs settings but no secret of production's; its own stay in /tmp.
RUN PORTAL_MODE=demo STATE_DIR=/tmp/build python manage.py collectstatic --no-input --verbosity 0 && rm -r /tmp/build

RUN useradd --system --uid 10001 youying && mkdir -p /srv/media /srv/beat && chown youying /srv/media /srv/beat
USER youying
ENV PORTAL_MODE=production
EXPOSE 8000
