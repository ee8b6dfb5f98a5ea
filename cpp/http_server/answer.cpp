#include "http_server/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "http/conditions.hpp"
#include "http/media_type.hpp"
#include "http/negotiation.hpp"
#include "http/ranges.hpp"
#include "http/target_path.hpp"
#include "http_serving/page.hpp"

namespace wireproof::http_server {

using http::Fields;
using http::RequestHead;
using http::Seconds;

namespace {

constexpr std::string_view kAllowed = "GET, HEAD, OPTIONS";
/// Known, and not allowed: 405. Others are 501 (RFC 9110, 9.1).
constexpr std::array<std::string_view, 6> kKnown{"POST", "PUT", "DELETE", "CONNECT", "TRACE", "PATCH"};

struct Coding {
  std::string_view name;
  std::string_view suffix;
};
/// In the order of preference: what is smaller first.
constexpr std::array<Coding, 2> kCodings{Coding{"br", ".br"}, Coding{"gzip", ".gz"}};

/// Whether it is worth to look for a compressed sibling.
bool is_compressible(std::string_view type) {
  return type.starts_with("text/") || type.starts_with("application/json") || type.ends_with("xml") ||
         type == "application/wasm" || type.ends_with("+json");
}

/// Of nothing that differs between two servers with the same files. What is sent encoded is another representation,
/// with a tag of its own (8.8.3.3).
http::EntityTag tag_of(const File& file, std::string_view coding) {
  return {fmt::format("{:x}-{:x}{}{}", file.modified.count(), file.size, coding.empty() ? "" : "-", coding)};
}

/// A date in the future would be taken for one that the clock has not come to (8.8.2.1).
Seconds modified_of(const File& file, Seconds now) { return std::min(now, std::chrono::floor<Seconds>(file.modified)); }

Answer page(unsigned status, std::string body) {
  Answer answer{{.status = status}};
  answer.head.fields = {{"Content-Type", "text/html; charset=utf-8"},
                        {"X-Content-Type-Options", "nosniff"},
                        {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"}};
  answer.pieces.push_back({.text = std::move(body)});
  return answer;
}

/// The Content-Type of multipart/byteranges, and the pieces (14.6).
void send_parts(Answer& answer, const FilePointer& file, const std::vector<http::ByteRange>& parts,
                std::string_view type, const std::string& boundary) {
  answer.head.fields.set("Content-Type", "multipart/byteranges; boundary=" + boundary);
  std::string between = "--" + boundary;
  for (const http::ByteRange& part : parts) {
    between +=
        fmt::format("\r\nContent-Type: {}\r\nContent-Range: {}\r\n\r\n", type, http::content_range(part, file->size));
    answer.pieces.push_back({.text = std::move(between)});
    answer.pieces.push_back({.file = file, .offset = part.first, .length = part.length()});
    between = "\r\n--" + boundary;
  }
  answer.pieces.push_back({.text = between + "--\r\n"});
}

}  // namespace

/// What was found for a path.
struct Site::Sought {
  const http::TargetPath& path;
  FilePointer file;
  std::vector<std::string> names;  ///< of the file, which may be a folder's index
};

std::uint64_t Answer::size() const {
  std::uint64_t sum = 0;
  for (const Piece& piece : pieces) sum += piece.size();
  return sum;
}

Answer Site::error(unsigned status, std::string_view words, std::string_view target) const {
  return page(status, status == 404 ? pages_.not_found(target) : http_serving::error_page(status, words));
}

Answer Site::missing(Missing why, const RequestHead& request) const {
  if (why == Missing::forbidden) return error(403, "The server may not read this");
  if (why == Missing::shortage) return error(503, "The server has too much to do");
  Answer answer = error(404, "", request.target);
  // The page is the author's: it may want scripts and pictures of this site.
  answer.head.fields.erase("Content-Security-Policy");
  return answer;
}

Answer Site::answer(const RequestHead& request, const Moment& moment) const {
  const std::string& method = request.method;
  if (const auto expected = request.fields.joined("Expect"); expected && !http::same_word(*expected, "100-continue")) {
    return error(417, "The expectation in Expect is not known here");
  }
  if (method == "GET" || method == "HEAD") return of_path(request, moment);
  if (method == "OPTIONS") {
    Answer answer{{.status = 204}};
    answer.head.fields = {{"Allow", kAllowed.data()}};
    return answer;
  }
  const bool is_known = std::find(kKnown.begin(), kKnown.end(), method) != kKnown.end();
  Answer answer = is_known ? error(405, "Files can only be read here") : error(501, "This method is not known here");
  if (is_known) answer.head.fields.add("Allow", kAllowed);
  return answer;
}

Answer Site::of_path(const RequestHead& request, const Moment& moment) const {
  const http::Outcome<http::TargetPath> parsed = http::parse_target_path(request.target);
  if (const auto* refusal = std::get_if<http::Refusal>(&parsed)) return error(refusal->status, refusal->reason);
  const auto& path = std::get<http::TargetPath>(parsed);
  const Files::Found found = files_.open(path.names);
  if (!found.file) return missing(found.missing, request);
  const Sought sought{path, found.file, path.names};
  if (found.file->kind == Kind::folder) return of_folder(request, sought, moment);
  return path.is_folder ? missing(Missing::not_there, request) : of_file(request, sought, moment);
}

Answer Site::of_folder(const RequestHead& request, const Sought& sought, const Moment& moment) const {
  if (!sought.path.is_folder) {
    // Names relative to the folder need its slash. The path is written anew: it cannot begin with two slashes.
    http::TargetPath path = sought.path;
    path.is_folder = true;
    Answer answer =
        page(301, http_serving::error_page(301, "The folder is at the same address with a slash behind it"));
    answer.head.fields.add("Location", http::text_of(path) + path.query);
    return answer;
  }
  std::vector<std::string> names = sought.names;
  names.emplace_back("index.html");
  const Files::Found index = files_.open(names);
  if (index.file && index.file->kind == Kind::file) return of_file(request, {sought.path, index.file, names}, moment);
  if (!index.file && index.missing != Missing::not_there) return missing(index.missing, request);
  const auto entries = files_.list(sought.names);
  if (!entries) return missing(Missing::forbidden, request);
  return page(200, pages_.folder(http::text_of(sought.path), *entries));
}

Answer Site::of_file(const RequestHead& request, const Sought& sought, const Moment& moment) const {
  const std::string_view type = http::media_type(sought.names.back());
  FilePointer file = sought.file;
  std::string_view coding;
  const bool varies = is_compressible(type);
  if (const auto accepted = varies ? request.fields.joined("Accept-Encoding") : std::nullopt) {
    std::array<FilePointer, kCodings.size()> siblings;
    std::vector<std::string_view> offered;
    for (std::size_t i = 0; i < kCodings.size(); ++i) {
      std::vector<std::string> names = sought.names;
      names.back() += kCodings[i].suffix;
      // Only those asked for are looked for; one that is older was made of something else.
      if (http::choose_coding(accepted, {kCodings[i].name}).empty()) continue;
      siblings[i] = files_.open(names).file;
      const bool is_good = siblings[i] && siblings[i]->kind == Kind::file && siblings[i]->modified >= file->modified;
      if (is_good) offered.push_back(kCodings[i].name);
    }
    offered.push_back({});
    coding = http::choose_coding(accepted, offered);
    for (std::size_t i = 0; i < kCodings.size(); ++i) {
      if (kCodings[i].name == coding) file = siblings[i];
    }
  }

  const http::Validators validators{tag_of(*file, coding), modified_of(*file, moment.now)};
  Answer answer;
  Fields& fields = answer.head.fields;
  fields.add("Last-Modified", http::http_date(*validators.modified));
  fields.add("ETag", http::text_of(*validators.tag));
  if (varies) fields.add("Vary", "Accept-Encoding");
  switch (http::evaluate(request, validators, moment.now)) {
    case http::Condition::not_modified:
      answer.head.status = 304;
      return answer;
    case http::Condition::precondition_failed:
      return error(412, "The file is not what the request supposes");
    case http::Condition::none:
      break;
  }
  fields.add("Accept-Ranges", "bytes");
  fields.add("Content-Type", type);
  if (!coding.empty()) fields.add("Content-Encoding", coding);
  fields.add("X-Content-Type-Options", "nosniff");

  // Range is defined for GET alone (14.2).
  if (request.method == "GET" && request.fields.count("Range") == 1 &&
      http::range_counts(request, validators, moment.now)) {
    const http::Ranges ranges = http::parse_ranges(request.fields.value("Range"), file->size);
    if (ranges.kind == http::Ranges::Kind::unsatisfiable) {
      Answer refused = error(416, "The file has nothing in the range that was asked for");
      refused.head.fields.add("Content-Range", http::unsatisfied_range(file->size));
      return refused;
    }
    if (ranges.kind == http::Ranges::Kind::parts) {
      answer.head.status = 206;
      if (ranges.parts.size() > 1) {
        send_parts(answer, file, ranges.parts, type, moment.boundary);
        return answer;
      }
      const http::ByteRange& part = ranges.parts.front();
      fields.add("Content-Range", http::content_range(part, file->size));
      answer.pieces.push_back({.file = file, .offset = part.first, .length = part.length()});
      return answer;
    }
  }
  if (file->size > 0) answer.pieces.push_back({.file = file, .length = file->size});
  return answer;
}

}  // namespace wireproof::http_server
