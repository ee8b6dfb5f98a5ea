#!/bin/sh
# wget, behind the sheet's arguments: http_wget.sh URL=… PROXY=… PORT=… LOG=… OUTPUT=… TIMEOUT=… TRIES=…
set -eu
for word in "$@"; do
	case $word in
	URL=*) url=${word#URL=} ;;
	PROXY=*) proxy=${word#PROXY=} ;;
	PORT=*) port=${word#PORT=} ;;
	LOG=*) log=${word#LOG=} ;;
	OUTPUT=*) output=${word#OUTPUT=} ;;
	TIMEOUT=*) timeout=${word#TIMEOUT=} ;;
	TRIES=*) tries=${word#TRIES=} ;;
	esac
done
if [ -n "$port" ]; then
	rest=${url#http://}
	path=${rest#"${rest%%/*}"}
	url=http://${rest%%/*}:$port$path
fi
set -- --no-hsts --no-config --server-response --no-verbose --timeout="${timeout:-15}" --tries="${tries:-1}"
[ -z "$proxy" ] || export http_proxy="http://$proxy"
[ -z "$log" ] || set -- "$@" --output-file="$log"
[ -z "$output" ] || set -- "$@" --output-document="$output"
status=0
wget "$@" "$url" || status=$?
[ -z "$log" ] || cat "$log" >&2
exit $status
