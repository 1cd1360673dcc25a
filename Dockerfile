# The command line of debkd in a container: small, without root, with the files of the current folder.
#   docker build -t debkd .
#   docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/work" debkd distill --teacher teacher.onnx --data rows.csv --out student
# For a build that is the same tomorrow, pin the base image by its digest, which `docker buildx imagetools inspect node:24-slim` prints:
#   docker build -t debkd --build-arg NODE=node:24-slim@sha256:DIGEST .
ARG NODE=node:24-slim

FROM $NODE AS build
WORKDIR /source
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build && npm pack --ignore-scripts --pack-destination /tmp
# the versions of the lock file, without what only development needs
WORKDIR /opt/debkd
RUN cp /source/package.json /source/package-lock.json . && npm ci --omit=dev --omit=peer --ignore-scripts --no-audit --no-fund
RUN tar -xzf /tmp/debkd-*.tgz --strip-components=1
# onnxruntime-web has builds for WebGPU and WebGL, and source maps, which the command line never loads
RUN find node_modules/onnxruntime-web/dist -type f ! -name ort.wasm.bundle.min.mjs ! -name ort-wasm-simd-threaded.mjs ! -name ort-wasm-simd-threaded.wasm -delete

FROM $NODE
COPY --from=build /opt/debkd /opt/debkd
RUN ln -s /opt/debkd/dist/cli/main.js /usr/local/bin/debkd && chmod +x /opt/debkd/dist/cli/main.js && mkdir /work && chown node:node /work
# what a run caches stays in the container
ENV DEBKD_CACHE=/tmp/debkd-cache
USER node
WORKDIR /work
ENTRYPOINT ["node", "/opt/debkd/dist/cli/main.js"]
CMD ["--help"]
