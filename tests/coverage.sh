#!/bin/bash
# tests/coverage.sh WORK PYTEST-ARGUMENT...: which lines tests enter, of C++ by gcov and of Python by coverage.py; './lab coverage' calls it.
#
# Python runs from a copy of the clone that has a sitecustomize.py beside our packages: every interpreter of ours begins by it, those inside of
# cells too, whose environment is not the caller's.
set -euo pipefail
shopt -s inherit_errexit

repository=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
work=$1 folder=$1/coverage failed=0
shift
say() { printf 'lab: %s\n' "$*" >&2; }

mkdir -p "$folder"
say "C++: building and testing in $folder/cpp"
cmake -S "$repository" --preset coverage -B "$folder/cpp" >"$folder/cmake.log"
ninja -C "$folder/cpp" all >"$folder/ninja.log" || { tail -n 30 "$folder/ninja.log" >&2 && exit 1; }
find "$folder/cpp" -name '*.gcda' -delete
ctest --test-dir "$folder/cpp" -j "$(nproc)" >"$folder/ctest.log" || failed=1
tail -n 5 "$folder/ctest.log"
gcovr --root "$repository" --filter "$repository/cpp/" --object-directory "$folder/cpp" --exclude-unreachable-branches \
  --txt "$folder/cpp.txt" --html-details "$folder/cpp.html" "$folder/cpp"

say "Python: testing from $folder/source"
rm -rf "$folder/source" "$folder/python"
mkdir -p "$folder/source" "$folder/python"
tar -C "$repository" --exclude=./build --exclude=./.git --exclude='./captures/[0-9s]*' --exclude=__pycache__ -cf - . | tar -C "$folder/source" -xf -
cat >"$folder/source/.coveragerc" <<CONFIGURATION
[run]
branch = True
parallel = True
data_file = $folder/python/data
source = $folder/source/harness,$folder/source/scenarios,$folder/source/topologies
omit = */mutants/*,*/right/*
disable_warnings = no-data-collected,module-not-imported
[report]
exclude_lines =
    pragma: no cover
    if TYPE_CHECKING:
    if __name__ == .__main__.:
CONFIGURATION
cat >"$folder/source/sitecustomize.py" <<CONFIGURATION
import os
import coverage
os.environ["COVERAGE_PROCESS_START"] = "$folder/source/.coveragerc"
coverage.process_startup()
end = os._exit
def _exit(status):  # by which cells end
    if current := coverage.Coverage.current():
        current.stop()
        current.save()
    end(status)
os._exit = _exit
CONFIGURATION
cd "$folder/source"
if (($# == 0)); then set -- tests/harness; fi
PYTHONPATH=$folder/source WIREPROOF_BUILD=$work/release /usr/bin/python3 -P -X utf8 -m pytest -n 3 --dist loadfile "$@" || failed=1
coverage() { /usr/bin/python3 -P -m coverage "$1" --rcfile "$folder/source/.coveragerc" "${@:2}"; }
coverage combine --quiet
coverage report --skip-covered --show-missing >"$folder/python.txt" || failed=1
coverage html --quiet --directory "$folder/python-html" || failed=1

tail -n 3 "$folder/cpp.txt"
tail -n 1 "$folder/python.txt"
say "line by line: $folder/cpp.txt, $folder/cpp.html, $folder/python.txt, $folder/python-html/index.html"
exit "$failed"
