#include "http/media_type.hpp"

#include <algorithm>
#include <array>

#include "http/fields.hpp"

namespace wireproof::http {
namespace {

struct Row {
  std::string_view extension;
  std::string_view type;
};

/// As IANA has registered them, and browsers know them; text is UTF-8.
constexpr std::array kTypes{
    Row{"html", "text/html; charset=utf-8"},
    Row{"htm", "text/html; charset=utf-8"},
    Row{"css", "text/css; charset=utf-8"},
    Row{"js", "text/javascript; charset=utf-8"},
    Row{"mjs", "text/javascript; charset=utf-8"},
    Row{"json", "application/json"},
    Row{"map", "application/json"},
    Row{"webmanifest", "application/manifest+json"},
    Row{"txt", "text/plain; charset=utf-8"},
    Row{"log", "text/plain; charset=utf-8"},
    Row{"md", "text/markdown; charset=utf-8"},
    Row{"csv", "text/csv; charset=utf-8"},
    Row{"ics", "text/calendar; charset=utf-8"},
    Row{"vtt", "text/vtt; charset=utf-8"},
    Row{"xml", "application/xml"},
    Row{"xhtml", "application/xhtml+xml"},
    Row{"atom", "application/atom+xml"},
    Row{"rss", "application/rss+xml"},
    Row{"svg", "image/svg+xml"},
    Row{"png", "image/png"},
    Row{"jpg", "image/jpeg"},
    Row{"jpeg", "image/jpeg"},
    Row{"gif", "image/gif"},
    Row{"webp", "image/webp"},
    Row{"avif", "image/avif"},
    Row{"ico", "image/vnd.microsoft.icon"},
    Row{"bmp", "image/bmp"},
    Row{"tif", "image/tiff"},
    Row{"tiff", "image/tiff"},
    Row{"woff", "font/woff"},
    Row{"woff2", "font/woff2"},
    Row{"ttf", "font/ttf"},
    Row{"otf", "font/otf"},
    Row{"mp3", "audio/mpeg"},
    Row{"m4a", "audio/mp4"},
    Row{"aac", "audio/aac"},
    Row{"oga", "audio/ogg"},
    Row{"ogg", "audio/ogg"},
    Row{"opus", "audio/ogg"},
    Row{"flac", "audio/flac"},
    Row{"wav", "audio/wav"},
    Row{"mp4", "video/mp4"},
    Row{"m4v", "video/mp4"},
    Row{"webm", "video/webm"},
    Row{"ogv", "video/ogg"},
    Row{"mpeg", "video/mpeg"},
    Row{"mpg", "video/mpeg"},
    Row{"ts", "video/mp2t"},
    Row{"m3u8", "application/vnd.apple.mpegurl"},
    Row{"mpd", "application/dash+xml"},
    Row{"pdf", "application/pdf"},
    Row{"epub", "application/epub+zip"},
    Row{"zip", "application/zip"},
    Row{"gz", "application/gzip"},
    Row{"tgz", "application/gzip"},
    Row{"zst", "application/zstd"},
    Row{"xz", "application/x-xz"},
    Row{"bz2", "application/x-bzip2"},
    Row{"7z", "application/x-7z-compressed"},
    Row{"tar", "application/x-tar"},
    Row{"wasm", "application/wasm"},
    Row{"pcap", "application/vnd.tcpdump.pcap"},
    Row{"sh", "application/x-sh"},
};

}  // namespace

std::string_view media_type(std::string_view file_name) {
  const std::size_t dot = file_name.rfind('.');
  if (dot == std::string_view::npos) return "application/octet-stream";
  const std::string_view extension = file_name.substr(dot + 1);
  const auto* const found =
      std::find_if(kTypes.begin(), kTypes.end(), [&](const Row& row) { return same_word(row.extension, extension); });
  return found != kTypes.end() ? found->type : "application/octet-stream";
}

}  // namespace wireproof::http
