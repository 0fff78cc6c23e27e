#!/bin/sh
# The quick tests and the walk under AddressSanitizer and UndefinedBehaviorSanitizer, in a build
# of its own beside the ordinary one.
set -e
build=$BUILD_DIR-asan
cmake -S "$SOURCE_DIR" -B "$build" -DCMAKE_BUILD_TYPE=Debug \
    -DCOLLECT_SANITIZER=address,undefined >/dev/null
cmake --build "$build" -j "$(nproc 2>/dev/null || echo 2)" >"$build/build.log" 2>&1 ||
    { tail -n 30 "$build/build.log"; exit 1; }
exec ctest --test-dir "$build" -L 'quick|walk' -LE sanitizer --output-on-failure
