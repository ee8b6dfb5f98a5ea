#include "wire/line_file.hpp"

#include <fmt/format.h>

#include <cerrno>

#include "command_line/program.hpp"

namespace wireproof::wire {

LineFile::LineFile(const std::string& path) : path_(path), file_(std::fopen(path.c_str(), "we"), &std::fclose) {
  if (!file_) fail(fmt::format("write {}", printable(path_)), errno);
}

void LineFile::add(std::string_view line) {
  waiting_ += line;
  waiting_ += '\n';
}

void LineFile::flush() {
  if (waiting_.empty()) return;
  const bool written = std::fwrite(waiting_.data(), 1, waiting_.size(), file_.get()) == waiting_.size();
  if (!written || std::fflush(file_.get()) != 0) fail(fmt::format("write {}", printable(path_)), errno);
  waiting_.clear();
}

void LineFile::close() {
  flush();
  if (std::fclose(file_.release()) != 0) fail(fmt::format("write {}", printable(path_)), errno);
}

}  // namespace wireproof::wire
