// Any request to a site of files in memory: no name leaves the root, no part leaves its file, lengths add up, and the
// log has one line for it. Input: lines of a letter and a value, see request_of().

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "goals.hpp"
#include "http/message_writer.hpp"
#include "http/target_path.hpp"
#include "http_server/answer.hpp"
#include "http_serving/access_log.hpp"

namespace {

using namespace wireproof::http_server;
namespace http = wireproof::http;
using wireproof::fuzz::Goal;

Goal whole("a whole file", 10);
Goal part("a part of a file", 2);
Goal parts("several parts of a file", 0.5);
Goal unsatisfiable("a range that is not there", 0.2);
Goal not_modified("304", 1);
Goal failed("412", 0.5);
Goal compressed("a compressed file", 1);
Goal folder("what is in a folder", 1);
Goal moved("a folder's slash", 0.5);
Goal not_there("404", 5);
Goal outside("a path that is refused", 0.5);
Goal not_allowed("405", 0.5);

void check(bool holds) {
  if (!holds) std::abort();
}

const std::map<char, std::string_view> kFields{
    {'R', "Range"},           {'I', "If-Range"},          {'M', "If-Match"},
    {'N', "If-None-Match"},   {'S', "If-Modified-Since"}, {'U', "If-Unmodified-Since"},
    {'E', "Accept-Encoding"}, {'F', "Referer"},           {'W', "Expect"}};

class MemoryFiles : public Files {
 public:
  MemoryFiles() {
    for (const auto& [name, size] : std::map<std::string, std::uint64_t>{
             {"a.txt", 10'000}, {"a.css", 1000}, {"a.css.gz", 500}, {"a.css.br", 400}, {"empty", 0}}) {
      add(name, Kind::file, size);
    }
    add("", Kind::folder, 0);
    add("b", Kind::folder, 0);
    add("b/<c>", Kind::file, 1);
  }

  Found open(const std::vector<std::string>& names) override {
    std::string path;
    for (const std::string& name : names) {
      check(!name.empty() && name != "." && name != "..");
      check(name.find_first_of(std::string_view("/\\\0\n\r", 5)) == std::string::npos);
      path += (path.empty() ? "" : "/") + name;
    }
    const auto found = files_.find(path);
    return found == files_.end() ? Found{} : Found{found->second};
  }
  std::optional<std::vector<Entry>> list(const std::vector<std::string>&) override {
    return std::vector<Entry>{{"<c>", Kind::file, 1}, {".d", Kind::file, 1}};
  }

 private:
  void add(const std::string& path, Kind kind, std::uint64_t size) {
    auto file = std::make_shared<File>();
    file->kind = kind;
    file->size = size;
    file->modified = http::Seconds(784111777);
    files_[path] = file;
  }
  std::map<std::string, FilePointer> files_;
};

/// Lines: a letter, and what it is the value of; "T" a target, "P" a file's name.
http::RequestHead request_of(std::string_view bytes) {
  http::RequestHead head{"GET", "/a.txt", http::Version::http11, {}};
  for (bool is_last = false; !is_last;) {
    const std::size_t end = bytes.find('\n');
    is_last = end == std::string_view::npos;
    const std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(is_last ? bytes.size() : end + 1);
    if (line.empty() || !http::is_field_value(line)) continue;
    const std::string value(http::trimmed(line.substr(1)));
    const auto field = kFields.find(line.front());
    if (field != kFields.end()) head.fields.add(field->second, value);
    if (line.front() == 'T') head.target = value;
    if (line.front() == 'P') head.target = '/' + http::percent_encoded(value);
    if (line.front() == 'X') head.method = value;
  }
  return head;
}

void check_answer(const Answer& answer, const http::RequestHead& request) {
  const unsigned status = answer.head.status;
  const http::Fields& fields = answer.head.fields;
  std::size_t of_files = 0;
  for (const Piece& piece : answer.pieces) {
    if (!piece.file) continue;
    ++of_files;
    check(piece.length > 0 && piece.offset < piece.file->size && piece.length <= piece.file->size - piece.offset);
    check(status == 200 || status == 206);
  }
  check((status == 206) == (fields.has("Content-Range") && status != 416) || of_files > 1);
  check(status != 304 || answer.pieces.empty());
  std::string text;
  http::append_head(text, answer.head);  // throws what no head may have
  whole.reach(status == 200 && of_files == 1);
  part.reach(status == 206 && of_files == 1);
  parts.reach(status == 206 && of_files > 1);
  unsatisfiable.reach(status == 416);
  not_modified.reach(status == 304);
  failed.reach(status == 412);
  compressed.reach(fields.has("Content-Encoding"));
  folder.reach(status == 200 && of_files == 0);
  moved.reach(status == 301);
  not_there.reach(status == 404);
  outside.reach(status == 400);
  not_allowed.reach(status == 405);
  const std::string line = wireproof::http_serving::log_line(
      {"::1", http::Seconds(784111777), wireproof::http_serving::request_line(request), status, answer.size(),
       std::string(request.fields.value("Referer")), ""});
  check(std::count_if(line.begin(), line.end(), [](char byte) { return byte < 0x20; }) == 1 && line.ends_with('\n'));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static MemoryFiles files;
  static const Pages pages;
  const http::RequestHead request = request_of({reinterpret_cast<const char*>(data), size});
  check_answer(Site(files, pages).answer(request, {http::Seconds(1796000000), "BOUNDARY"}), request);
  return 0;
}
