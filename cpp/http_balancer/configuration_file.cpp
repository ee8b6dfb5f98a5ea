#include "http_balancer/configuration_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "loop/file_descriptor.hpp"
#include "text/failure.hpp"
#include "text/utf8.hpp"

namespace wireproof::http_balancer {

Configuration read_configuration(const std::string& path) {
  const std::string tried = "read " + printable(path);
  // A pipe would be waited for, and with it all clients.
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat facts {};
  if (file.get() < 0 || ::fstat(file.get(), &facts) != 0) fail(tried, errno);
  if (!S_ISREG(facts.st_mode)) throw Failure(tried + ": it is no file");
  const ini::Limits limits;
  std::string text(limits.bytes + 1, '\0');
  std::size_t got = 0;
  while (got < text.size()) {
    const ssize_t part = ::read(file.get(), text.data() + got, text.size() - got);
    if (part < 0 && errno == EINTR) continue;
    if (part < 0) fail(tried, errno);
    if (part == 0) break;
    got += static_cast<std::size_t>(part);
  }
  text.resize(got);
  try {
    return parse_configuration(text);
  } catch (const ini::IniError& error) {
    throw Failure(error.in_file(path));
  }
}

}  // namespace wireproof::http_balancer
