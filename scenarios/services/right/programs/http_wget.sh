#!/bin/sh
# wget, behind the sheet's arguments: http_wget.sh url= proxy= port= log= output= timeout= tries=, empty where they are not given.
url=${1#*=} proxy=${2#*=} port=${3#*=} log=${4#*=} output=${5#*=} timeout=${6#*=} tries=${7#*=}
if [ -n "$port" ]; then
	rest=${url#http://}
	url=http://${rest%%/*}:$port/${rest#*/}
fi
set -- --no-hsts --no-config --server-response --no-verbose --timeout="${timeout:-5}" --tries="${tries:-1}"
[ -z "$proxy" ] || export http_proxy="http://$proxy"
[ -z "$log" ] || set -- "$@" --output-file="$log"
[ -z "$output" ] || set -- "$@" --output-document="$output"
wget "$@" "$url"
status=$?
[ -z "$log" ] || cat "$log" >&2
exit $status
