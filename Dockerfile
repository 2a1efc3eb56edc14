# The workflow in a container: Python, what the lock files name, and the files that .dockerignore lets in. `make image`.
FROM python:3.11-slim

# PyTorch's build: cpu, or cuda for an NVIDIA GPU.
ARG TORCH=cpu

# Whoever runs the container, under whatever number, may write in HOME; pip keeps no downloads.
ENV HOME=/tmp USER=gagru PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1 PYTHONNOUSERSITE=1

WORKDIR /workflow
COPY requirements*.lock ./
COPY tools tools
RUN python -m tools.install --torch ${TORCH}
COPY . .
ENV PATH=/workflow/.venv/bin:$PATH

# Results are written here: mount a folder of yours.
RUN install --directory --mode 1777 /work
WORKDIR /work
USER 1000:1000
ENTRYPOINT ["snakemake", "--snakefile", "/workflow/Snakefile"]
