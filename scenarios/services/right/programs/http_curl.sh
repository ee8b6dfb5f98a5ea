#!/bin/sh
# curl, behind the sheet's arguments: http_curl.sh url= proxy= port= log= output= timeout=, empty where they are not given.
url=${1#*=} proxy=${2#*=} port=${3#*=} log=${4#*=} output=${5#*=} timeout=${6#*=}
if [ -n "$port" ]; then
	rest=${url#http://}
	url=http://${rest%%/*}:$port/${rest#*/}
fi
if [ -z "$output" ]; then set -- --remote-name; else set -- --output "$output"; fi
[ -z "$proxy" ] || set -- "$@" --proxy "http://$proxy"
[ -z "$log" ] || set -- "$@" --dump-header "$log"
exec curl --silent --show-error --fail --location --compressed --remove-on-error --speed-time "${timeout:-15}" "$@" "$url"
