#!/bin/bash
# A process for each connection, by socat, which starts this file again: http_socat.sh FOLDER PORT
if [ $# = 2 ]; then
  FOLDER=$(realpath "$1")
  export FOLDER
  exec socat "TCP-LISTEN:$2,reuseaddr,fork,backlog=50" "EXEC:bash $0"
fi

IFS=' ' read -r -t 15 method target _ || exit 0
while IFS= read -r -t 15 line; do [ -n "${line%$'\r'}" ] || break; done
case $method in GET | HEAD) ;; *) printf 'HTTP/1.0 501 Not Implemented\r\nContent-Type: text/html\r\n\r\n<h1>Not implemented</h1>\n'; exit ;; esac
path=${target%%\?*}
file=$(realpath -q "$FOLDER/$(printf %b "${path//%/\\x}")")
[ -d "$file" ] && file=$file/index.html
case $file in "$FOLDER"/*) ;; *) file= ;; esac
if [ -n "$file" ] && [ -f "$file" ] && [ -r "$file" ]; then
  case $file in
    *.html) type=text/html ;; *.css) type=text/css ;; *.png) type=image/png ;; *.jpg) type=image/jpeg ;; *.txt) type=text/plain ;;
    *) type=application/octet-stream ;;
  esac
  printf 'HTTP/1.0 200 OK\r\nContent-Type: %s\r\nContent-Length: %s\r\n\r\n' $type "$(stat -c %s "$file")"
  [ "$method" = HEAD ] || cat "$file"
else
  page='<html><body><h1>404 Not Found</h1><p>There is no such page.</p></body></html>'
  printf 'HTTP/1.0 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: %s\r\n\r\n' ${#page}
  [ "$method" = HEAD ] || printf %s "$page"
fi
exit 0
