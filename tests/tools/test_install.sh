#!/usr/bin/env bash
# What is installed is enough to build against: one header, pkg-config and CMake package files, and a shared
# library that shows its public functions alone.
set -eu
prefix=$PWD/usr
cmake --install "$GATKIT_BUILD" --prefix "$prefix" >log || { cat log; exit 1; }

headers=$(find "$prefix/include" -type f)
[ "$headers" = "$prefix/include/gatkit.h" ] || { echo "FAILED: headers: $headers"; exit 1; }
library=$(find "$prefix" -name libgatkit.so)
readelf -d "$library" | grep -q 'SONAME.*libgatkit\.so\.0' || { echo "FAILED: soname"; exit 1; }

# Every symbol is one of ours, with the version of the SONAME.
foreign=$(nm --dynamic --defined-only "$library" | awk '$2 != "A" && $3 !~ /^gat_[a-z0-9_]*@@GATKIT_0$/ { print $3 }')
[ -z "$foreign" ] || { echo "FAILED: symbols that are not public, or have no version: $foreign"; exit 1; }

# The header and the library name the same functions.
nm --dynamic --defined-only "$library" | awk '$2 != "A" { sub(/@@.*/, "", $3); print $3 }' | sort >exported
sed -n 's/^GAT_PUBLIC [^(]*[ *]\(gat_[a-z0-9_]*\)(.*/\1/p' "$prefix/include/gatkit.h" | sort >declared
[ -s declared ] || { echo "FAILED: no functions in gatkit.h"; exit 1; }
diff declared exported || { echo "FAILED: gatkit.h (<) and the library (>) differ"; exit 1; }

cat >use.c <<'C'
#include <gatkit.h>
#include <stdio.h>

int main(void)
{
    gat_error error = {0};
    gat_dataset *data = NULL;
    if (gat_dataset_load(&data, "no such folder", NULL, &error) == GAT_OK || data) return 1;
    return puts(gat_version()) < 0;
}
C
flags=${GATKIT_SANITIZE:+-fsanitize=$GATKIT_SANITIZE}
libs=$(dirname "$library")
export PKG_CONFIG_PATH=$libs/pkgconfig LD_LIBRARY_PATH=$libs
# The .pc file finds the prefix it was installed to, which is not the configured one.
# shellcheck disable=SC2046,SC2086 # lists of words
cc -std=c11 -Wall -Wextra -Werror $flags use.c $(pkg-config --cflags --libs gatkit) -o use
./use | grep -qx "$(pkg-config --modversion gatkit)"

# The example, with a model made here.
cc -std=c11 -Wall -Wextra -Werror $flags "$GATKIT_SOURCE/examples/ask.c" $(pkg-config --cflags --libs gatkit) -o ask
awk 'BEGIN { for (i = 0; i < 30; i++) print "e" i "\tnext\te" (i + 1) % 30 }' >ring.tsv
"$prefix/bin/gatkit" train ring.tsv --output ring.gatkit --dim 8 --epochs 1 --quiet >log || { cat log; exit 1; }
./ask ring.gatkit e3 next >answer
[ "$(wc -l <answer)" -ge 6 ] || { echo "FAILED: the example's answer"; cat answer; exit 1; }
! ./ask ring.gatkit nobody next 2>answer
grep -q nobody answer

cat >CMakeLists.txt <<'C'
cmake_minimum_required(VERSION 3.25)
project(use C)
find_package(gatkit 0.1 REQUIRED)
add_executable(use use.c)
target_link_libraries(use gatkit::gatkit)
C
cmake -G Ninja -S . -B out -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_FLAGS="$flags" >log || { cat log; exit 1; }
cmake --build out >log || { cat log; exit 1; }
out/use >/dev/null
if command -v clang >/dev/null; then
    clang -x c++ -std=c++11 -fsyntax-only -Wall -Wextra -Werror "$prefix/include/gatkit.h" -Wno-pragma-once-outside-header
fi
