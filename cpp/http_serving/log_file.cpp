#include "http_serving/log_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/post.hpp>

#include <cerrno>

#include "base/writing.hpp"
#include "command_line/program.hpp"
#include "text/failure.hpp"

namespace wireproof::http_serving {
namespace {

/// More than this does not wait for the loop's next turn.
constexpr std::size_t kWaiting = 64 * 1024;

}  // namespace

LogFile::LogFile(boost::asio::io_context& context, const std::string& path)
    : context_(context),
      path_(path),
      file_(path == "-" ? -1 : ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0644)),
      descriptor_(path == "-" ? STDOUT_FILENO : file_.get()) {
  if (descriptor_ < 0) fail("log to " + path, errno);
}

void LogFile::add(std::string_view line) {
  if (waiting_.empty()) boost::asio::post(context_, [this] { flush(); });
  waiting_ += line;
  if (waiting_.size() > kWaiting) flush();
}

void LogFile::flush() {
  if (waiting_.empty()) return;
  const int error = write_all(descriptor_, waiting_);
  waiting_.clear();
  if (error != 0 && !failed_) {
    say("log to {}: {}; lines are lost", path_, std::generic_category().message(error));
    failed_ = true;
  }
}

}  // namespace wireproof::http_serving
