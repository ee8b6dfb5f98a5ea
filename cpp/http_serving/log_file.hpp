#pragma once
// A file of lines that grows: one write for all that came in a turn of the loop.

#include <boost/asio/io_context.hpp>

#include <string>

#include "loop/file_descriptor.hpp"

namespace wireproof::http_serving {

class LogFile {
 public:
  /// Appends; "-" is standard output. Throws Failure when it cannot be opened.
  LogFile(boost::asio::io_context& context, const std::string& path);
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  /// With its line end.
  void add(std::string_view line);
  /// Writes what is waiting. What cannot be written is told, once, and lost: the site goes on.
  void flush();
  bool failed() const { return failed_; }

 private:
  boost::asio::io_context& context_;
  std::string path_;
  FileDescriptor file_;
  int descriptor_;
  std::string waiting_;
  bool failed_ = false;
};

}  // namespace wireproof::http_serving
