#include "http_client/destination.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/writing.hpp"
#include "http_client/cause.hpp"
#include "text/utf8.hpp"

namespace wireproof::http_client {
namespace {

[[noreturn]] void exists(const std::string& path) {
  throw FetchError(Cause::exists, fmt::format("{} is there; --overwrite replaces it", printable(path)));
}

}  // namespace

Destination::Destination(Options options) : options_(std::move(options)) {
  if (options_.path == "-") {
    descriptor_ = STDOUT_FILENO;
    return;
  }
  struct stat facts {};
  const bool is_there = ::stat(options_.path.c_str(), &facts) == 0;
  if (is_there && !S_ISREG(facts.st_mode)) {
    opened_ = FileDescriptor(::open(options_.path.c_str(), O_WRONLY | O_CLOEXEC));
    const std::string tried = fmt::format("write {}", printable(options_.path));
    if (!opened_.is_open()) throw FetchError(Cause::file, Failure(tried, {errno, std::system_category()}).what());
    descriptor_ = opened_.get();
    return;
  }
  if (is_there && !options_.replaces) exists(options_.path);
  try {
    part_.emplace(options_.path, options_.continues);
  } catch (const Failure& failure) {
    throw FetchError(Cause::file, failure.what());
  }
  if (part_->known()) facts_ = parse_part_facts(*part_->known());
}

Resume Destination::resume(const std::string& url) const {
  return facts_ && facts_->url == url ? Resume(*facts_, size()) : Resume();
}

void Destination::begin_anew(const std::optional<PartFacts>& facts) {
  if (!part_ && streamed_ > 0) {
    throw FetchError(Cause::truncated,
                     fmt::format("the transfer had to begin anew, and {} bytes were written to {} already", streamed_,
                                 printable(options_.path)));
  }
  facts_ = facts;
  if (!part_) return;
  try {
    part_->begin_anew(facts ? std::optional(text_of(*facts)) : std::nullopt);
  } catch (const Failure& failure) {
    throw FetchError(Cause::file, failure.what());
  }
}

void Destination::write(std::string_view bytes) {
  try {
    if (part_) return part_->write(bytes);
    if (const int error = write_all(descriptor_, bytes); error != 0) {
      fail(fmt::format("write {}", options_.path == "-" ? "standard output" : printable(options_.path)), error);
    }
  } catch (const Failure& failure) {
    throw FetchError(Cause::file, failure.what());
  }
  streamed_ += bytes.size();
}

void Destination::finish() {
  if (!part_) return;
  bool has_name = false;
  try {
    has_name = part_->finish(options_.path, options_.replaces);
  } catch (const Failure& failure) {
    throw FetchError(Cause::file, failure.what());
  }
  if (!has_name) exists(options_.path);
  streamed_ = part_->size();
  part_.reset();
}

std::string Destination::leave(bool may) {
  if (!part_) return {};
  if (!may) {
    part_->remove();
    return {};
  }
  part_->leave();
  if (!part_->known() || part_->size() == 0) return {};
  return fmt::format("{} bytes are in {}, and --continue goes on with them", part_->size(),
                     printable(part_->part_path()));
}

}  // namespace wireproof::http_client
