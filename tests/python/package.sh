# The Python package: its tests, then the wheel, installed elsewhere.
set -eu
: "${GATKIT_SOURCE:?}" "${GATKIT_BUILD:?}"
python=/usr/bin/python3
[ -e "$GATKIT_BUILD/python/gatkit/_ffi.py" ] || { echo "no Python package was built: python3-cffi and python3-numpy are needed"; exit 77; }
"$python" -c 'import pytest' 2>/dev/null || { echo "python3-pytest is missing"; exit 77; }

# A library with the address sanitizer must find its run time loaded already; Python itself leaks by design.
preload=
case "${GATKIT_SANITIZE:-}" in *address*)
    preload="$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libubsan.so)"
    export ASAN_OPTIONS="detect_leaks=0:${ASAN_OPTIONS:-}"
    ;;
esac
export OMP_NUM_THREADS=2 PYTHONDONTWRITEBYTECODE=1
PYTHONPATH=$GATKIT_BUILD/python LD_PRELOAD=$preload "$python" -m pytest -q -p no:cacheprovider "$GATKIT_SOURCE/tests/python/package_test.py"

"$python" -c 'import setuptools, pip, wheel' 2>/dev/null || { echo "python3-pip, -wheel or -setuptools is missing"; exit 77; }
cp -r "$GATKIT_BUILD/python" package
"$python" -m pip wheel --quiet --no-build-isolation --no-deps --no-index --wheel-dir . ./package
ls gatkit-*-py3-none-*.whl >/dev/null || { echo "FAILED: the tag of the wheel"; ls; exit 1; }
"$python" -m pip install --quiet --no-deps --no-index --target installed gatkit-*.whl
PYTHONPATH=installed LD_PRELOAD=$preload "$python" -c 'import gatkit; print(gatkit.__version__, gatkit.__file__)' | grep -q installed

# The example of the README; with sanitizers it would take minutes.
[ -z "$preload" ] || exit 0
sed -n '/^## Python/,/^## /p' "$GATKIT_SOURCE/README.md" | sed -n 's/^    //p' >example.py
[ -s example.py ] || { echo "FAILED: no example in the README"; exit 1; }
(cd "$GATKIT_SOURCE" && PYTHONPATH=$GATKIT_BUILD/python "$python" "$OLDPWD/example.py") >out 2>err || { cat out err; exit 1; }

# Python beside C: that it runs and prints its share; how much that is, is no matter here.
for i in 0 1 2 3 4 5 6 7 8 9; do printf 'e%d\tnext\te%d\n' $i $(((i + 1) % 10)); done >facts.tsv
"$GATKIT_BUILD/gatkit" train facts.tsv --holdout 0 --dim 8 --epochs 1 --output small.gatkit --quiet >/dev/null
GATKIT_BUILD=$GATKIT_BUILD "$GATKIT_SOURCE/tools/bench_python" small.gatkit facts.tsv --questions 3 --rounds 1 >out
grep -q '^Python takes' out || { cat out; exit 1; }
