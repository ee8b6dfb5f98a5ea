#!/bin/bash
# By /dev/tcp and HTTP/1.0, with words of its own: http_bash.sh url=… proxy=… port=… log=… output=…
port='' log=/dev/null proxy='' output=''
for word in "$@"; do
  case $word in url=*) url=${word#url=} ;; proxy=*) proxy=${word#proxy=} ;; port=*) port=${word#port=} ;; log=*) log=${word#log=} ;; output=*) output=${word#output=} ;; esac
done
: "${log:=/dev/null}" "${port:=80}"
: > "$log" || exit 1
first=$url
part=$(mktemp) || exit 1
trap 'rm -f "$part"' EXIT

for hop in 1 2 3 4 5 6 7 8; do
  case $url in http://*) ;; *) echo "no http: $url" >&2; exit 1 ;; esac
  rest=${url#http://} rest=${rest%%#*}
  server=${rest%%[/?]*} path=${rest#"$server"}
  case $path in /*) ;; *) path=/$path ;; esac
  host=${server%%:*} number=$port
  case $server in *:*) number=${server##*:} ;; esac
  named=$host
  [ "$number" = 80 ] || named=$host:$number
  if [ -n "$proxy" ]; then
    to=${proxy%%:*}/${proxy##*:} target=http://$named$path
  else
    to=$host/$number target=$path
  fi
  exec 3<> "/dev/tcp/$to" || { echo "connection refused: $to" >&2; exit 1; }
  echo "hop $hop: $target" >&2
  printf 'GET %s HTTP/1.0\r\nHost: %s\r\n\r\n' "$target" "$named" >&3
  location='' length='' status='' ended=''
  while IFS= read -r -u 3 line; do
    line=${line%$'\r'}
    printf '%s\n' "$line" >> "$log"
    [ -n "$line" ] || { ended=yes; break; }
    value=${line#*:} value=${value# }
    case ${line,,} in http/*) status=${line#* } ;; location:*) location=$value ;; content-length:*) length=$value ;; esac
  done
  [ -n "$ended" ] || { echo "closed within the header" >&2; exit 1; }
  case $status in
    30[12378]*)
      exec 3>&-
      folder=${path%%\?*} folder=${folder%/*}
      case $location in
        *://*) url=$location ;;
        //*) url=http:$location ;;
        /*) url=http://$named$location ;;
        *)
          while :; do
            case $location in ./*) location=${location#./} ;; ../*) location=${location#../} folder=${folder%/*} ;; *) break ;; esac
          done
          url=http://$named$folder/$location
          ;;
      esac
      ;;
    204*) exit 0 ;;
    200*)
      cat <&3 > "$part"
      exec 3>&-
      size=$(stat -c %s "$part")
      if [ -n "$length" ] && [ "$size" != "$length" ]; then
        echo "incomplete: $size of $length bytes" >&2
        exit 1
      fi
      file=${first#http://} file=${file%%[?#]*}
      case $file in */*) file=${file##*/} ;; *) file='' ;; esac
      cp "$part" "${output:-${file:-index.html}}" || exit 1
      echo "$size bytes" >&2
      exit 0
      ;;
    *) echo "the server says $status" >&2; exit 1 ;;
  esac
done
echo "too many redirects" >&2
exit 1
