# Print a Python that the workflow runs with: the one asked for, else that of .venv, else the first of PATH.
#     sh tools/find_python.sh [PYTHON]
suits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; }

for python in ${1:-.venv/bin/python python3 python3.13 python3.12 python3.11}; do
    if suits "$python"; then
        echo "$python"
        exit
    fi
done
found=$("${1:-python3}" --version 2>&1) || found="no ${1:-python3}"
echo "Python 3.11, 3.12 or 3.13 is needed, and $found was found. Debian 12, Debian 13 and Ubuntu 24.04 have one" \
    "(apt-get install python3-venv); elsewhere name it: make setup PYTHON=/path/to/python3.13" >&2
exit 1
